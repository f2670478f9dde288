#include "adapterx/kernels/attention/attention_softmax.h"

#include <algorithm>
#include <limits>

#include "adapterx/kernels/matrix/tile_gemm.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "adapterx/kernels/attention/attention_softmax.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

#include "hwy/contrib/math/math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace ax::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::CappedTag<float, kTileLanes>;
using DU = hn::RebindToUnsigned<D>;
using V = hn::Vec<D>;
using VU = hn::Vec<DU>;

// 2^x for x <= 127. x = n + f, n an integer, |f| <= 1/2: adding 1.5 * 2^23 leaves n in the low bits of the
// sum. 2^f is a polynomial (minimax, relative error 7.5e-8); n is added to its exponent. Below 2^-126 the
// result stays 2^-126. x is the second operand of Max, the one that x86 returns on NaN.
HWY_INLINE V exp2(V x) {
  const D d;
  const V magic = hn::Set(d, 12582912.0f);
  const V y = hn::Max(hn::Set(d, -126.0f), x);
  const V shifted = hn::Add(y, magic);
  const V f = hn::Sub(y, hn::Sub(shifted, magic));
  V p = hn::MulAdd(hn::Set(d, 0.0013276471979478776f), f, hn::Set(d, 0.00967554133421605f));
  p = hn::MulAdd(p, f, hn::Set(d, 0.05550713273542586f));
  p = hn::MulAdd(p, f, hn::Set(d, 0.24022119723848476f));
  p = hn::MulAdd(p, f, hn::Set(d, 0.6931469670647331f));
  p = hn::MulAdd(p, f, hn::Set(d, 1.0000000716546822f));
  const VU exponent = hn::ShiftLeft<23>(hn::BitCast(DU(), shifted));
  return hn::BitCast(d, hn::Add(hn::BitCast(DU(), p), exponent));
}

// The bf16 nearest to x in the upper half of the bits; the lower half is rubbish. Ties, one in 2^16, go away
// from zero: one addition where ties to even take four.
HWY_INLINE VU rounded_bits(V x) { return hn::Add(hn::BitCast(DU(), x), hn::Set(DU(), 0x8000u)); }

HWY_INLINE void store_upper_halves(VU bits, uint16_t* to) {
  const hn::Rebind<uint16_t, D> d16;
  hn::StoreU(hn::TruncateTo(d16, hn::ShiftRight<16>(bits)), d16, to);
}

// Writes bf16 element j at byte 2j of the row whose f32 element j was read at byte 4j: never ahead of reads.
template <DType kType>
HWY_INLINE void store_in_place(V x, float* row, int64_t j) {
  if constexpr (kType == DType::f32) {
    hn::StoreU(x, D(), row + j);
  } else {
    store_upper_halves(rounded_bits(x), reinterpret_cast<uint16_t*>(row) + j);
  }
}

HWY_INLINE float max_scaled(const float* row, int64_t keys, float factor) {
  const D d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  const V f = hn::Set(d, factor);
  V max = hn::Set(d, std::numeric_limits<float>::lowest());
  int64_t j = 0;
  for (; j + lanes <= keys; j += lanes) max = hn::Max(max, hn::Mul(hn::LoadU(d, row + j), f));
  if (j < keys) {
    const auto inside = hn::FirstN(d, static_cast<size_t>(keys - j));
    max = hn::Max(max, hn::IfThenElse(inside, hn::Mul(hn::LoadU(d, row + j), f), max));
  }
  return hn::GetLane(hn::MaxOfLanes(d, max));
}

// p of one row over its scores; returns their sum.
template <DType kType>
HWY_INLINE float exponentials(float* row, int64_t keys, float factor, float max) {
  const D d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  const V f = hn::Set(d, factor), m = hn::Set(d, max);
  V sum = hn::Zero(d);
  int64_t j = 0;
  for (; j + lanes <= keys; j += lanes) {
    const V p = exp2(hn::MulSub(hn::LoadU(d, row + j), f, m));
    sum = hn::Add(sum, p);
    store_in_place<kType>(p, row, j);
  }
  for (; j < padded(keys); j += lanes) {
    const auto inside = hn::FirstN(d, static_cast<size_t>(std::max<int64_t>(keys - j, 0)));
    const V p = hn::IfThenElseZero(inside, exp2(hn::MulSub(hn::LoadU(d, row + j), f, m)));
    sum = hn::Add(sum, p);
    store_in_place<kType>(p, row, j);
  }
  return hn::GetLane(hn::SumOfLanes(d, sum));
}

// lse[i] = (lse[i] + log2(sums[i])) / log2(e)
HWY_INLINE void add_logarithms(const float* sums, int64_t rows, float* lse) {
  const D d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  float logs[kTileLanes] = {};
  for (int64_t i = 0; i < rows; i += lanes) {
    hn::StoreU(hn::Log2(d, hn::LoadU(d, sums + i)), d, logs);
    for (int64_t k = i; k < std::min(rows, i + lanes); ++k) lse[k] = (lse[k] + logs[k - i]) / kLog2E;
  }
}

// Maxima of all rows come first: the reduction of one row then overlaps with work on others.
template <DType kType>
void softmax_rows_of(const SoftmaxRows& a) {
  const float factor = a.scale * kLog2E;
  float* sums = a.inverse_sum;
  for (int64_t i = 0; i < a.rows; ++i) sums[i] = max_scaled(a.s + i * a.stride, a.keys, factor);
  for (int64_t i = 0; i < a.rows; ++i) {
    const float max = sums[i];
    sums[i] = exponentials<kType>(a.s + i * a.stride, a.keys, factor, max);
    if (a.lse != nullptr) a.lse[i] = max;
  }
  if (a.lse != nullptr) add_logarithms(sums, a.rows, a.lse);
  for (int64_t i = 0; i < a.rows; ++i) a.inverse_sum[i] = 1.0f / sums[i];
}

// One vector of queries, all keys: p over s, and delta.
HWY_INLINE V probabilities_and_delta(const SoftmaxGrad& a, int64_t i) {
  const D d;
  const V factor = hn::Set(d, a.scale * kLog2E);
  const V lse = hn::Mul(hn::LoadU(d, a.lse + i), hn::Set(d, kLog2E));
  V delta = hn::Zero(d);
  for (int64_t j = 0; j < a.keys; ++j) {
    float* s = a.s + j * a.stride + i;
    const V p = exp2(hn::MulSub(hn::LoadU(d, s), factor, lse));
    delta = hn::MulAdd(p, hn::LoadU(d, a.dp + j * a.stride + i), delta);
    hn::StoreU(p, d, s);
  }
  return delta;
}

HWY_INLINE V score_grad(const SoftmaxGrad& a, int64_t j, int64_t i, V p, V delta) {
  const D d;
  const V dp = hn::LoadU(d, a.dp + j * a.stride + i);
  return hn::Mul(hn::Mul(hn::Set(d, a.scale), p), hn::Sub(dp, delta));
}

HWY_INLINE void score_grads_f32(const SoftmaxGrad& a, int64_t i, V delta) {
  const D d;
  for (int64_t j = 0; j < a.keys; ++j) {
    const V p = hn::LoadU(d, a.s + j * a.stride + i);
    hn::StoreU(score_grad(a, j, i, p, delta), d, a.dp + j * a.stride + i);
  }
}

// Bits of the rounded ds of one key, after p and ds of that key are stored as bf16.
HWY_INLINE VU store_score_grad_bf16(const SoftmaxGrad& a, int64_t j, int64_t i, V delta) {
  float* s = a.s + j * a.stride;
  const V p = hn::LoadU(D(), s + i);
  const VU ds = rounded_bits(score_grad(a, j, i, p, delta));
  store_in_place<DType::bf16>(p, s, i);
  store_upper_halves(ds, reinterpret_cast<uint16_t*>(a.dp + j * a.stride) + i);
  return ds;
}

HWY_INLINE void score_grads_bf16(const SoftmaxGrad& a, int64_t i, V delta) {
  const VU upper = hn::Set(DU(), 0xffff0000u);
  for (int64_t j = 0; j < a.keys; j += 2) {
    const VU low = hn::ShiftRight<16>(store_score_grad_bf16(a, j, i, delta));
    VU high = hn::Zero(DU());
    if (j + 1 < a.keys) high = hn::And(store_score_grad_bf16(a, j + 1, i, delta), upper);
    hn::StoreU(hn::Or(low, high), DU(), a.ds_pairs + j / 2 * a.stride + i);
  }
}

void softmax_rows_any(const SoftmaxRows& a) {
  if (a.dtype == DType::f32) return softmax_rows_of<DType::f32>(a);
  softmax_rows_of<DType::bf16>(a);
}

// Columns in ascending order, each finished before the next: bf16 written in place stays behind the f32 to
// read.
void softmax_grad_any(const SoftmaxGrad& a) {
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(D()));
  for (int64_t i = 0; i < padded(a.queries); i += lanes) {
    const V delta = probabilities_and_delta(a, i);
    if (a.dtype == DType::f32) {
      score_grads_f32(a, i, delta);
    } else {
      score_grads_bf16(a, i, delta);
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace ax::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ax::kernels {
namespace {

HWY_EXPORT(softmax_rows_any);
HWY_EXPORT(softmax_grad_any);

}  // namespace

void softmax_rows(const SoftmaxRows& a) { HWY_DYNAMIC_DISPATCH(softmax_rows_any)(a); }
void softmax_grad(const SoftmaxGrad& a) { HWY_DYNAMIC_DISPATCH(softmax_grad_any)(a); }

}  // namespace ax::kernels
#endif
