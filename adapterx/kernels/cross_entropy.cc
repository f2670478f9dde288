#include "adapterx/kernels/cross_entropy.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <limits>

#include "adapterx/base/error.h"
#include "adapterx/base/parallel.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "adapterx/kernels/cross_entropy.cc"
#include <hwy/foreach_target.h>

#include "adapterx/kernels/row_io-inl.h"
#include "adapterx/kernels/vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace ax::kernels::HWY_NAMESPACE {
namespace {

constexpr float kNone = -std::numeric_limits<float>::infinity();

float log_sum_exp(Row x, int64_t classes) {
  V high = set(kNone);
  for_vectors(classes,
              [&](int64_t i, auto n) HWY_ATTR { high = hn::Max(high, fill_rest(load(x, i, n), kNone, n)); });
  const float max = max_lanes(high);
  V sum = zero();
  for_vectors(classes, [&](int64_t i, auto n) HWY_ATTR {
    sum = hn::Add(sum, fill_rest(exp(hn::Sub(load(x, i, n), set(max))), 0.0f, n));
  });
  return max + std::log(sum_lanes(sum));
}

// scale * sum over classes of weight * (log_norm - x), weight 1 where absent: the cross-entropy with
// targets scale * weight.
float target_loss(Row x, Row weight, float scale, float log_norm, int64_t classes) {
  V sum = zero();
  for_vectors(classes, [&](int64_t i, auto n) HWY_ATTR {
    const V loss = fill_rest(hn::Sub(set(log_norm), load(x, i, n)), 0.0f, n);
    sum = weight ? hn::MulAdd(load(weight, i, n), loss, sum) : hn::Add(sum, loss);
  });
  return scale * sum_lanes(sum);
}

// dx = factor * (e^(x - log_norm) - (scale * weight + base)), weight 0 where absent.
void logits_grad(Row x, Row weight, float scale, float base, float log_norm, float factor, Row dx,
                 int64_t classes) {
  for_vectors(classes, [&](int64_t i, auto n) HWY_ATTR {
    V target = set(base);
    if (weight) target = hn::MulAdd(set(scale), load(weight, i, n), target);
    const V p = exp(hn::Sub(load(x, i, n), set(log_norm)));
    store(hn::Mul(set(factor), hn::Sub(p, target)), dx, i, n);
  });
}

}  // namespace
}  // namespace ax::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ax::kernels {
namespace {

HWY_EXPORT(log_sum_exp);
HWY_EXPORT(target_loss);
HWY_EXPORT(logits_grad);

constexpr int64_t kRowGrain = 8;
constexpr int64_t kParts = 64;  // partial losses, whatever the thread count

float get(Row r) {
  return r.dtype == DType::f32 ? *static_cast<float*>(r.data) : to_float(*static_cast<BF16*>(r.data));
}

void put(float x, Row r) {
  if (r.dtype == DType::f32) {
    *static_cast<float*>(r.data) = x;
  } else {
    *static_cast<BF16*>(r.data) = to_bf16(x);
  }
}

void check_labels(const Tensor& target, int64_t classes) {
  if (target.dtype != DType::i32) return;
  for (int64_t b = 0; b < target.size(); ++b) {
    const int32_t label = target.i32()[b];
    if (label < 0 || label >= classes) {
      fail("cross_entropy: sample {}: expected a label in [0, {}), got {}", b, classes, label);
    }
  }
}

// Loss of one row; `target` is at the row.
double row_loss(Row x, const Tensor& target, int64_t b, float smoothing, float log_norm, int64_t classes) {
  const auto dispatched = HWY_DYNAMIC_DISPATCH(target_loss);
  double loss = 0;
  if (target.dtype == DType::i32) {
    loss = (1.0f - smoothing) * (log_norm - get(x + target.i32()[b]));
  } else {
    loss = dispatched(x, row(target) + b * classes, 1.0f - smoothing, log_norm, classes);
  }
  if (smoothing == 0) return loss;
  return loss + dispatched(x, Row(), smoothing / static_cast<float>(classes), log_norm, classes);
}

}  // namespace

void cross_entropy(const Tensor& logits, const Tensor& target, float smoothing, const Tensor& loss,
                   const Tensor& log_norm) {
  const int64_t classes = logits.shape.dim(-1), batch = logits.shape.rows();
  assert(!log_norm || log_norm.size() == batch);
  check_labels(target, classes);
  std::array<double, kParts> parts{};
  parallel_ranges(kParts, 1, [&](int64_t begin, int64_t end, int) {
    for (int64_t part = begin; part < end; ++part) {
      for (int64_t b = batch * part / kParts; b < batch * (part + 1) / kParts; ++b) {
        const Row x = row(logits) + b * classes;
        const float norm = HWY_DYNAMIC_DISPATCH(log_sum_exp)(x, classes);
        if (log_norm) log_norm.f32()[b] = norm;
        parts[static_cast<size_t>(part)] += row_loss(x, target, b, smoothing, norm, classes);
      }
    }
  });
  double total = 0;
  for (const double part : parts) total += part;
  *loss.f32() = static_cast<float>(total / static_cast<double>(batch));
}

void cross_entropy_grad(const Tensor& logits, const Tensor& target, float smoothing, const Tensor& log_norm,
                        const Tensor& dloss, const Tensor& dlogits) {
  const int64_t classes = logits.shape.dim(-1), batch = logits.shape.rows();
  assert(dlogits.size() == logits.size());
  check_labels(target, classes);
  const float factor = *dloss.f32() / static_cast<float>(batch);
  const float base = smoothing / static_cast<float>(classes);
  const bool labels = target.dtype == DType::i32;
  parallel_ranges(batch, kRowGrain, [&](int64_t begin, int64_t end, int) {
    for (int64_t b = begin; b < end; ++b) {
      const int64_t at = b * classes;
      const Row dx = row(dlogits) + at;
      const float norm = log_norm.f32()[b];
      const float label_logit = labels ? get(row(logits) + (at + target.i32()[b])) : 0.0f;
      HWY_DYNAMIC_DISPATCH(logits_grad)
      (row(logits) + at, labels ? Row() : row(target) + at, 1.0f - smoothing, base, norm, factor, dx,
       classes);
      if (labels) {
        const float p = std::exp(label_logit - norm);
        put(factor * (p - (1.0f - smoothing + base)), dx + target.i32()[b]);
      }
    }
  });
}

}  // namespace ax::kernels
#endif
