#include "adapterx/kernels/attention/attention_pack.h"

#include <algorithm>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "adapterx/kernels/attention/attention_pack.cc"
#ifndef HWY_DISABLED_TARGETS  // blocks of rows need vectors of known length
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128)
#endif
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace ax::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_SCALAR
constexpr int64_t kUnits = 1, kRows = 1;
HWY_INLINE void transpose_block(const uint32_t* x, int64_t, uint32_t* to, int64_t) {
  std::memcpy(to, x, sizeof(uint32_t));
}
#else
using Row = hn::CappedTag<uint32_t, kTileLanes>;
constexpr int64_t kUnits = 4, kRows = hn::MaxLanes(Row());

// 4 units of every fourth row, as many rows as fill the vector.
template <class D>
HWY_INLINE hn::Vec<D> every_fourth_row(D d, const uint32_t* x, int64_t x_stride) {
  if constexpr (hn::MaxLanes(d) == 4) {
    return hn::LoadU(d, x);
  } else {
    const hn::Half<D> half;
    const int64_t rows = hn::MaxLanes(half);
    return hn::Combine(d, every_fourth_row(half, x + rows * x_stride, x_stride),
                       every_fourth_row(half, x, x_stride));
  }
}

// kRows x 4 units, by two rounds of interleaving inside blocks of 4 x 4.
HWY_INLINE void transpose_block(const uint32_t* x, int64_t x_stride, uint32_t* to, int64_t to_stride) {
  const Row d;
  const auto r0 = every_fourth_row(d, x, x_stride), r1 = every_fourth_row(d, x + x_stride, x_stride);
  const auto r2 = every_fourth_row(d, x + 2 * x_stride, x_stride);
  const auto r3 = every_fourth_row(d, x + 3 * x_stride, x_stride);
  const auto a = hn::InterleaveLower(d, r0, r2), b = hn::InterleaveLower(d, r1, r3);
  const auto e = hn::InterleaveUpper(d, r0, r2), f = hn::InterleaveUpper(d, r1, r3);
  hn::StoreU(hn::InterleaveLower(d, a, b), d, to);
  hn::StoreU(hn::InterleaveUpper(d, a, b), d, to + to_stride);
  hn::StoreU(hn::InterleaveLower(d, e, f), d, to + 2 * to_stride);
  hn::StoreU(hn::InterleaveUpper(d, e, f), d, to + 3 * to_stride);
}
#endif

void transpose(const UnitRows& x, int64_t rows, int64_t units, uint32_t* to, int64_t to_stride) {
  const int64_t whole_rows = rows / kRows * kRows, whole_units = units / kUnits * kUnits;
  for (int64_t r = 0; r < whole_rows; r += kRows) {
    for (int64_t u = 0; u < whole_units; u += kUnits) {
      transpose_block(x.data + r * x.stride + u, x.stride, to + u * to_stride + r, to_stride);
    }
  }
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t u = r < whole_rows ? whole_units : 0; u < units; ++u) {
      std::memcpy(to + u * to_stride + r, x.data + r * x.stride + u, sizeof(uint32_t));
    }
  }
}

// to[j] = (low[j], high[j]), a pair of bf16; high absent: 0.
void interleave(const uint16_t* low, const uint16_t* high, int64_t n, uint32_t* to) {
  const hn::ScalableTag<uint32_t> d;
  const hn::Rebind<uint16_t, decltype(d)> d16;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  int64_t j = 0;
  for (; high != nullptr && j + lanes <= n; j += lanes) {
    const auto upper = hn::ShiftLeft<16>(hn::PromoteTo(d, hn::LoadU(d16, high + j)));
    hn::StoreU(hn::Or(hn::PromoteTo(d, hn::LoadU(d16, low + j)), upper), d, to + j);
  }
  for (; j < n; ++j) to[j] = low[j] | (high == nullptr ? 0u : static_cast<uint32_t>(high[j]) << 16);
}

void scale_to_f32(const float* from, float factor, int64_t n, float* to) {
  for (int64_t j = 0; j < n; ++j) to[j] = factor * from[j];
}

void scale_to_bf16(const float* from, float factor, int64_t n, BF16* to) {
  const hn::ScalableTag<float> d;
  const hn::RebindToUnsigned<decltype(d)> du;
  const hn::Rebind<uint16_t, decltype(d)> d16;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  int64_t j = 0;
  for (; j + lanes <= n; j += lanes) {  // to_bf16 of lanes; the quiet NaN of arithmetic stays NaN
    const auto x = hn::BitCast(du, hn::Mul(hn::LoadU(d, from + j), hn::Set(d, factor)));
    const auto even = hn::And(hn::ShiftRight<16>(x), hn::Set(du, 1u));
    const auto rounded = hn::ShiftRight<16>(hn::Add(hn::Add(x, hn::Set(du, 0x7fffu)), even));
    hn::StoreU(hn::TruncateTo(d16, rounded), d16, reinterpret_cast<uint16_t*>(to + j));
  }
  for (; j < n; ++j) to[j] = to_bf16(factor * from[j]);
}

}  // namespace HWY_NAMESPACE
}  // namespace ax::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ax::kernels {
namespace {

HWY_EXPORT(transpose);
HWY_EXPORT(interleave);
HWY_EXPORT(scale_to_f32);
HWY_EXPORT(scale_to_bf16);

}  // namespace

UnitRows unit_rows(const HeadRows& x, uint32_t* copy) {
  if (unit_rows_copy(x.dtype, x.rows, x.dim) == 0) {
    return {reinterpret_cast<const uint32_t*>(x.data),
            x.stride * static_cast<int64_t>(size_of(x.dtype)) / static_cast<int64_t>(sizeof(uint32_t))};
  }
  const int64_t units = units_of(x.dtype, x.dim);
  for (int64_t r = 0; r < x.rows; ++r) {
    copy[r * units + units - 1] = 0;
    std::memcpy(copy + r * units, x.row(r), static_cast<size_t>(x.dim) * size_of(x.dtype));
  }
  return {copy, units};
}

void pack_transposed(const UnitRows& x, int64_t rows, int64_t units, uint32_t* to, int64_t to_stride) {
  HWY_DYNAMIC_DISPATCH(transpose)(x, rows, units, to, to_stride);
  for (int64_t u = 0; u < units; ++u) {
    std::fill(to + u * to_stride + rows, to + u * to_stride + padded(rows), 0u);
  }
}

void pack_rows(const HeadRows& x, uint32_t* to) {
  const int64_t width = padded(x.dim);
  const int64_t units = units_of(x.dtype, x.rows);
  for (int64_t u = 0; u < units; ++u, to += width) {
    if (x.dtype == DType::f32) {
      std::memcpy(to, x.row(u), static_cast<size_t>(x.dim) * sizeof(float));
    } else {
      const std::byte* high = 2 * u + 1 < x.rows ? x.row(2 * u + 1) : nullptr;
      HWY_DYNAMIC_DISPATCH(interleave)
      (reinterpret_cast<const uint16_t*>(x.row(2 * u)), reinterpret_cast<const uint16_t*>(high), x.dim, to);
    }
    std::fill(to + x.dim, to + width, 0u);
  }
}

void unpack_rows(const float* from, int64_t from_stride, const float* factor, const HeadRows& x) {
  for (int64_t r = 0; r < x.rows; ++r) {
    const float f = factor == nullptr ? 1.0f : factor[r];
    if (x.dtype == DType::f32) {
      HWY_DYNAMIC_DISPATCH(scale_to_f32)
      (from + r * from_stride, f, x.dim, reinterpret_cast<float*>(x.row(r)));
    } else {
      HWY_DYNAMIC_DISPATCH(scale_to_bf16)
      (from + r * from_stride, f, x.dim, reinterpret_cast<BF16*>(x.row(r)));
    }
  }
}

}  // namespace ax::kernels
#endif
