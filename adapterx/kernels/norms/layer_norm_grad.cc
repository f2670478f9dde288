#include <cassert>

#include "adapterx/base/parallel.h"
#include "adapterx/kernels/norms/layer_norm.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "adapterx/kernels/norms/layer_norm_grad.cc"
#include <hwy/foreach_target.h>

#include "adapterx/kernels/row_io-inl.h"

HWY_BEFORE_NAMESPACE();
namespace ax::kernels::HWY_NAMESPACE {
namespace {

template <class N>
HWY_INLINE V weighted(Row dy, Row weight, int64_t i, N n) {
  const V v = load(dy, i, n);
  return weight ? hn::Mul(v, load(weight, i, n)) : v;
}

void row_grad(const LayerNormGrad& a, int64_t at, int64_t d, float rstd, float factor) {
  const Row dy = row(a.dy) + at, xhat = row(a.xhat) + at, carry = row(a.carry) + at;
  const Row dx = row(a.dx) + at, branch = row(a.branch) + at, weight = row(a.weight);
  V sum_g = zero(), sum_gx = zero();
  for_vectors(d, [&](int64_t i, auto n) HWY_ATTR {
    const V g = weighted(dy, weight, i, n);
    sum_g = hn::Add(sum_g, g);
    sum_gx = hn::MulAdd(g, load(xhat, i, n), sum_gx);
  });
  const float mean_g = sum_lanes(sum_g) / static_cast<float>(d);
  const float mean_gx = sum_lanes(sum_gx) / static_cast<float>(d);

  for_vectors(d, [&](int64_t i, auto n) HWY_ATTR {
    const V centred = hn::Sub(weighted(dy, weight, i, n), set(mean_g));
    V v = hn::Mul(hn::NegMulAdd(load(xhat, i, n), set(mean_gx), centred), set(rstd));
    if (carry) v = hn::Add(v, load(carry, i, n));
    if (dx) store(v, dx, i, n);
    if (branch) store(hn::Mul(v, set(factor)), branch, i, n);
  });
}

void layer_norm_grad_rows(const LayerNormGrad& a, int64_t begin, int64_t end) {
  const int64_t d = a.dy.shape.dim(-1);
  const int64_t rows_per_sample = a.row_scale ? a.dy.shape.rows() / a.row_scale.size() : 1;
  for (int64_t r = begin; r < end; ++r) {
    const float factor = a.row_scale ? a.row_scale.f32()[r / rows_per_sample] : 1.0f;
    row_grad(a, r * d, d, a.rstd.f32()[r], factor);
  }
}

}  // namespace
}  // namespace ax::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ax::kernels {
namespace {
HWY_EXPORT(layer_norm_grad_rows);
constexpr int64_t kRowGrain = 8;
}  // namespace

void layer_norm_grad(const LayerNormGrad& a) {
  assert(a.dy.size() == a.xhat.size() && (!a.dx || a.dy.size() == a.dx.size()));
  assert(!a.row_scale || a.dy.shape.rows() % a.row_scale.size() == 0);
  parallel_ranges(a.dy.shape.rows(), kRowGrain, [&](int64_t begin, int64_t end, int) {
    HWY_DYNAMIC_DISPATCH(layer_norm_grad_rows)(a, begin, end);
  });
}

}  // namespace ax::kernels
#endif
