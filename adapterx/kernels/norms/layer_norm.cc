#include "adapterx/kernels/norms/layer_norm.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "adapterx/base/parallel.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "adapterx/kernels/norms/layer_norm.cc"
#include <hwy/foreach_target.h>

#include "adapterx/kernels/row_io-inl.h"

HWY_BEFORE_NAMESPACE();
namespace ax::kernels::HWY_NAMESPACE {
namespace {

constexpr int64_t kLead = 16;
constexpr int64_t kBlock = 512;

template <class N>
HWY_INLINE V residual(Row x, Row branch, float factor, int64_t i, N n) {
  const V v = load(x, i, n);
  return branch ? hn::MulAdd(set(factor), load(branch, i, n), v) : v;
}

// One row of d elements at `at`. Mean and variance come from one pass over deviations from `shift`, the mean
// of the first kLead elements:  mean = shift + m,  var = E[(v - shift)^2] - m^2,  m = E[v - shift].
// As shift lies among the data, |mean| >> std cancels nothing (v - shift is exact there, by Sterbenz), and
// m^2 is of the order of var / kLead; at worst it is d / kLead * var. The next row is fetched while this one,
// in L1, is written.
void normalise(const LayerNorm& a, int64_t at, int64_t d, float factor, float* rstd_out) {
  Row x = row(a.x) + at, branch = row(a.branch) + at;
  const Row sum = row(a.sum) + at, xhat = row(a.xhat) + at, y = row(a.y) + at;
  const Row weight = row(a.weight), bias = row(a.bias);
  const float count = static_cast<float>(d);

  const int64_t lead = std::min(d, kLead);
  V first = zero();
  for_vectors(lead,
              [&](int64_t i, auto n) HWY_ATTR { first = hn::Add(first, residual(x, branch, factor, i, n)); });
  const V shift = set(sum_lanes(first) / static_cast<float>(lead));

  V deviations = zero(), squares = zero();
  for (int64_t begin = 0; begin < d; begin += kBlock) {  // short chains of additions round less
    V block_deviations = zero(), block_squares = zero();
    for_vectors(std::min(kBlock, d - begin), [&](int64_t j, auto n) HWY_ATTR {
      V v = residual(x, branch, factor, begin + j, n);
      if (sum) v = store(v, sum, begin + j, n);
      v = fill_rest(hn::Sub(v, shift), 0.0f, n);
      block_deviations = hn::Add(block_deviations, v);
      block_squares = hn::MulAdd(v, v, block_squares);
    });
    deviations = hn::Add(deviations, block_deviations);
    squares = hn::Add(squares, block_squares);
  }
  const float m = sum_lanes(deviations) / count;
  const float variance = std::max(0.0f, sum_lanes(squares) / count - m * m);
  const float rstd = 1.0f / std::sqrt(variance + a.eps);
  if (rstd_out != nullptr) *rstd_out = rstd;
  if (!xhat && !y) return;

  const Row next_x = x + d, next_branch = branch + d;
  if (sum) {
    x = sum;
    branch = Row();
  }
  const V slope = set(rstd), offset = set(-m * rstd);
  for_vectors(d, [&](int64_t i, auto n) HWY_ATTR {
    prefetch(next_x, i);
    if (next_branch) prefetch(next_branch, i);
    V v = hn::MulAdd(hn::Sub(residual(x, branch, factor, i, n), shift), slope, offset);
    if (xhat) store(v, xhat, i, n);
    if (!y) return;
    if (weight) v = hn::Mul(v, load(weight, i, n));
    if (bias) v = hn::Add(v, load(bias, i, n));
    store(v, y, i, n);
  });
}

void layer_norm_rows(const LayerNorm& a, int64_t begin, int64_t end) {
  const int64_t d = a.x.shape.dim(-1);
  const int64_t rows_per_sample = a.row_scale ? a.x.shape.rows() / a.row_scale.size() : 1;
  for (int64_t r = begin; r < end; ++r) {
    const float factor = a.row_scale ? a.row_scale.f32()[r / rows_per_sample] : 1.0f;
    normalise(a, r * d, d, factor, a.rstd ? a.rstd.f32() + r : nullptr);
  }
}

}  // namespace
}  // namespace ax::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ax::kernels {
namespace {
HWY_EXPORT(layer_norm_rows);
constexpr int64_t kRowGrain = 8;
}  // namespace

void layer_norm(const LayerNorm& a) {
  assert(!a.row_scale || a.x.shape.rows() % a.row_scale.size() == 0);
  parallel_ranges(a.x.shape.rows(), kRowGrain, [&](int64_t begin, int64_t end, int) {
    HWY_DYNAMIC_DISPATCH(layer_norm_rows)(a, begin, end);
  });
}

}  // namespace ax::kernels
#endif
