#include "adapterx/kernels/optimizer.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

#include "adapterx/base/parallel.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "adapterx/kernels/optimizer.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#ifndef AX_KERNELS_OPTIMIZER_ONCE
#define AX_KERNELS_OPTIMIZER_ONCE
namespace ax::kernels {
// lr * (m / c1) / (sqrt(v / c2) + eps) with c1, c2 folded into step_size and root_scale.
struct AdamWFactors {
  float grad_scale, beta1, beta2, decay, step_size, root_scale, eps;
};
}  // namespace ax::kernels
#endif

HWY_BEFORE_NAMESPACE();
namespace ax::kernels::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

// body(tag, i): whole vectors first, then the rest one by one.
template <class Body>
HWY_INLINE void for_vectors(int64_t n, const Body& body) {
  const hn::ScalableTag<float> whole;
  const auto lanes = static_cast<int64_t>(hn::Lanes(whole));
  int64_t i = 0;
  for (; i + lanes <= n; i += lanes) body(whole, i);
  for (; i < n; ++i) body(hn::CappedTag<float, 1>(), i);
}

void adamw_range(const AdamWFactors& f, int64_t n, float* HWY_RESTRICT p, const float* HWY_RESTRICT grad,
                 float* HWY_RESTRICT m, float* HWY_RESTRICT v) {
  for_vectors(n, [=](auto d, int64_t i) HWY_ATTR {
    const auto g = hn::Mul(hn::Set(d, f.grad_scale), hn::LoadU(d, grad + i));
    const auto mi = hn::MulAdd(hn::Set(d, f.beta1), hn::LoadU(d, m + i), hn::Mul(hn::Set(d, 1 - f.beta1), g));
    const auto vi =
        hn::MulAdd(hn::Set(d, f.beta2), hn::LoadU(d, v + i), hn::Mul(hn::Mul(hn::Set(d, 1 - f.beta2), g), g));
    const auto denominator = hn::MulAdd(hn::Sqrt(vi), hn::Set(d, f.root_scale), hn::Set(d, f.eps));
    const auto step = hn::Div(hn::Mul(hn::Set(d, f.step_size), mi), denominator);
    hn::StoreU(mi, d, m + i);
    hn::StoreU(vi, d, v + i);
    hn::StoreU(hn::MulSub(hn::Set(d, f.decay), hn::LoadU(d, p + i), step), d, p + i);
  });
}

void sgd_range(const Sgd& a, int64_t n, float* HWY_RESTRICT p, const float* HWY_RESTRICT grad,
               float* HWY_RESTRICT velocity) {
  // lr * (g + momentum * v) or lr * v: both are lr_g * g + lr_v * v.
  const float lr_g = a.nesterov ? a.lr : 0.f;
  const float lr_v = a.nesterov ? a.lr * a.momentum : a.lr;
  for_vectors(n, [=](auto d, int64_t i) HWY_ATTR {
    const auto pi = hn::LoadU(d, p + i);
    const auto g =
        hn::MulAdd(hn::Set(d, a.weight_decay), pi, hn::Mul(hn::Set(d, a.grad_scale), hn::LoadU(d, grad + i)));
    const auto vi = hn::MulAdd(hn::Set(d, a.momentum), hn::LoadU(d, velocity + i), g);
    hn::StoreU(vi, d, velocity + i);
    hn::StoreU(hn::NegMulAdd(hn::Set(d, lr_v), vi, hn::NegMulAdd(hn::Set(d, lr_g), g, pi)), d, p + i);
  });
}

// Sixteen running sums, so that the order is the same for every vector width. A square of a float is exact
// in double: fused or not, the bits are the same.
double chunk_squared_norm(int64_t n, const float* HWY_RESTRICT x) {
  constexpr int64_t kLanes = 16;
  double sums[kLanes] = {};
  const auto add = [&](int64_t i, int64_t j) HWY_ATTR {
    const auto value = static_cast<double>(x[i + j]);
    sums[j] += value * value;
  };
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (int64_t j = 0; j < kLanes; ++j) add(i, j);
  }
  for (int64_t j = 0; i + j < n; ++j) add(i, j);
  double sum = 0;
  for (const double s : sums) sum += s;
  return sum;
}

}  // namespace
}  // namespace ax::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ax::kernels {
namespace {
HWY_EXPORT(adamw_range);
HWY_EXPORT(sgd_range);
HWY_EXPORT(chunk_squared_norm);

constexpr int64_t kGrain = 4096;
}  // namespace

void adamw(const AdamW& a, std::span<float> p, std::span<const float> grad, std::span<float> m,
           std::span<float> v) {
  assert(grad.size() == p.size() && m.size() == p.size() && v.size() == p.size() && a.step >= 1);
  const auto t = static_cast<double>(a.step);
  const double c1 = 1 - std::pow(static_cast<double>(a.beta1), t);
  const double c2 = 1 - std::pow(static_cast<double>(a.beta2), t);
  const AdamWFactors f{.grad_scale = a.grad_scale,
                       .beta1 = a.beta1,
                       .beta2 = a.beta2,
                       .decay = 1 - a.lr * a.weight_decay,
                       .step_size = static_cast<float>(a.lr / c1),
                       .root_scale = static_cast<float>(1 / std::sqrt(c2)),
                       .eps = a.eps};
  parallel_ranges(static_cast<int64_t>(p.size()), kGrain, [&](int64_t begin, int64_t end, int) {
    HWY_DYNAMIC_DISPATCH(adamw_range)
    (f, end - begin, p.data() + begin, grad.data() + begin, m.data() + begin, v.data() + begin);
  });
}

void sgd(const Sgd& a, std::span<float> p, std::span<const float> grad, std::span<float> velocity) {
  assert(grad.size() == p.size() && velocity.size() == p.size());
  parallel_ranges(static_cast<int64_t>(p.size()), kGrain, [&](int64_t begin, int64_t end, int) {
    HWY_DYNAMIC_DISPATCH(sgd_range)
    (a, end - begin, p.data() + begin, grad.data() + begin, velocity.data() + begin);
  });
}

// At most kChunks partial sums, cut by the length alone and added in order: the same bits for any number of
// threads.
double squared_norm(std::span<const float> x) {
  constexpr int64_t kChunks = 256;
  const auto n = static_cast<int64_t>(x.size());
  const int64_t length = std::max(kGrain, (n + kChunks - 1) / kChunks);
  std::array<double, kChunks> partial{};
  const int64_t chunks = (n + length - 1) / length;
  parallel_ranges(chunks, 1, [&](int64_t begin, int64_t end, int) {
    for (int64_t c = begin; c < end; ++c) {
      partial[c] =
          HWY_DYNAMIC_DISPATCH(chunk_squared_norm)(std::min(length, n - c * length), x.data() + c * length);
    }
  });
  double sum = 0;
  for (int64_t c = 0; c < chunks; ++c) sum += partial[c];
  return sum;
}

}  // namespace ax::kernels
#endif  // HWY_ONCE
