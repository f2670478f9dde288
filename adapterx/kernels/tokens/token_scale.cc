#include "adapterx/kernels/tokens/token_scale.h"

#include <cassert>

#include "adapterx/base/parallel.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "adapterx/kernels/tokens/token_scale.cc"
#include <hwy/foreach_target.h>

#include "adapterx/kernels/row_io-inl.h"

HWY_BEFORE_NAMESPACE();
namespace ax::kernels::HWY_NAMESPACE {
namespace {

void scale_token(Row x, Row factor, Row y, int64_t d) {
  const V alpha = set(hn::GetLane(load(factor, 0, int64_t{1})));
  for_vectors(d, [&](int64_t i, auto n) HWY_ATTR { store(hn::Mul(load(x, i, n), alpha), y, i, n); });
}

void dot_token(Row x, Row z, Row dot, int64_t d) {
  V sum = zero();
  for_vectors(d, [&](int64_t i, auto n) HWY_ATTR { sum = hn::MulAdd(load(x, i, n), load(z, i, n), sum); });
  store(set(sum_lanes(sum)), dot, 0, int64_t{1});
}

}  // namespace
}  // namespace ax::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ax::kernels {
namespace {

HWY_EXPORT(scale_token);
HWY_EXPORT(dot_token);

constexpr int64_t kRowGrain = 8;

template <class Body>
void for_tokens(const Tensor& x, const Tensor& per_token, const Body& body) {
  const int64_t tokens = per_token.size(), d = x.shape.dim(-1);
  assert(tokens * d == x.size());
  parallel_ranges(tokens, kRowGrain, [&](int64_t begin, int64_t end, int) {
    for (int64_t t = begin; t < end; ++t) body(t, t * d, d);
  });
}

}  // namespace

void scale_tokens(const Tensor& x, const Tensor& factor, const Tensor& y) {
  for_tokens(x, factor, [&](int64_t t, int64_t at, int64_t d) {
    HWY_DYNAMIC_DISPATCH(scale_token)(row(x) + at, row(factor) + t, row(y) + at, d);
  });
}

void dot_tokens(const Tensor& x, const Tensor& z, const Tensor& dot) {
  for_tokens(x, dot, [&](int64_t t, int64_t at, int64_t d) {
    HWY_DYNAMIC_DISPATCH(dot_token)(row(x) + at, row(z) + at, row(dot) + t, d);
  });
}

}  // namespace ax::kernels
#endif
