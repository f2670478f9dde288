#include "adapterx/kernels/loss/cross_entropy.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <limits>

#include "adapterx/base/error.h"
#include "adapterx/base/parallel.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "adapterx/kernels/loss/cross_entropy.cc"
#include <hwy/foreach_target.h>

#include "adapterx/kernels/elementwise/vector_math-inl.h"
#include "adapterx/kernels/row_io-inl.h"

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

float sum_of(Row x, int64_t count) {
  V sum = zero();
  for_vectors(count,
              [&](int64_t i, auto n) HWY_ATTR { sum = hn::Add(sum, fill_rest(load(x, i, n), 0.0f, n)); });
  return sum_lanes(sum);
}

// dx = factor * (total * e^(x - log_norm) - (scale * weight + base)), weight 0 where absent.
void logits_grad(Row x, Row weight, float total, float scale, float base, float log_norm, float factor,
                 Row dx, int64_t classes) {
  for_vectors(classes, [&](int64_t i, auto n) HWY_ATTR {
    V target = set(base);
    if (weight) target = hn::MulAdd(set(scale), load(weight, i, n), target);
    const V p = hn::Mul(set(total), exp(hn::Sub(load(x, i, n), set(log_norm))));
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
HWY_EXPORT(sum_of);
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

// Part of a row of logits that has a softmax of its own, and what of the targets lies there.
struct Head {
  Row x, target;        // target: absent where the target is a label
  int32_t label = -1;   // in the head
  float total = 1;      // sum of the targets
  int64_t classes = 0;  // of the head
};

// Calls each(head, number, its place in the row) for the heads of row b.
template <class Each>
void for_heads(const Tensor& logits, const Tensor& target, std::span<const int64_t> heads, int64_t b,
               const Each& each) {
  const int64_t classes = logits.shape.dim(-1);
  const std::span<const int64_t> sizes = heads.empty() ? std::span(&classes, 1) : heads;
  int64_t at = 0;
  for (size_t h = 0; h < sizes.size(); ++h) {
    Head head{row(logits) + (b * classes + at), Row(), -1, 1, sizes[h]};
    if (target.dtype == DType::i32) {
      head.label = target.i32()[b];
    } else {
      head.target = row(target) + (b * classes + at);
      head.total = sizes.size() > 1 ? HWY_DYNAMIC_DISPATCH(sum_of)(head.target, head.classes) : 1.0f;
    }
    each(head, static_cast<int64_t>(h), at);
    at += sizes[h];
  }
}

double head_loss(const Head& head, float smoothing, float log_norm) {
  const auto dispatched = HWY_DYNAMIC_DISPATCH(target_loss);
  double loss = 0;
  if (head.target) {
    loss = dispatched(head.x, head.target, 1.0f - smoothing, log_norm, head.classes);
  } else {
    loss = (1.0f - smoothing) * (log_norm - get(head.x + head.label));
  }
  if (smoothing == 0) return loss;
  const float base = head.total * smoothing / static_cast<float>(head.classes);
  return loss + dispatched(head.x, Row(), base, log_norm, head.classes);
}

void head_grad(const Head& head, float smoothing, float log_norm, float factor, Row dx) {
  const float base = head.total * smoothing / static_cast<float>(head.classes);
  const float label_logit = head.target ? 0.0f : get(head.x + head.label);  // dx may be x
  HWY_DYNAMIC_DISPATCH(logits_grad)
  (head.x, head.target, head.total, 1.0f - smoothing, base, log_norm, factor, dx, head.classes);
  if (head.target) return;
  const float p = std::exp(label_logit - log_norm);
  put(factor * (p - (1.0f - smoothing + base)), dx + head.label);
}

}  // namespace

void cross_entropy(const Tensor& logits, const Tensor& target, std::span<const int64_t> heads,
                   float smoothing, const Tensor& loss, const Tensor& log_norm) {
  const int64_t batch = logits.shape.rows(), per_row = std::max<int64_t>(1, std::ssize(heads));
  assert(!log_norm || log_norm.size() == batch * per_row);
  assert(per_row == 1 || target.dtype == DType::f32);
  check_labels(target, logits.shape.dim(-1));
  std::array<double, kParts> parts{};
  parallel_ranges(kParts, 1, [&](int64_t begin, int64_t end, int) {
    for (int64_t part = begin; part < end; ++part) {
      for (int64_t b = batch * part / kParts; b < batch * (part + 1) / kParts; ++b) {
        for_heads(logits, target, heads, b, [&](const Head& head, int64_t h, int64_t) {
          const float norm = HWY_DYNAMIC_DISPATCH(log_sum_exp)(head.x, head.classes);
          if (log_norm) log_norm.f32()[b * per_row + h] = norm;
          if (head.total != 0) parts[static_cast<size_t>(part)] += head_loss(head, smoothing, norm);
        });
      }
    }
  });
  double total = 0;
  for (const double part : parts) total += part;
  *loss.f32() = static_cast<float>(total / static_cast<double>(batch));
}

void cross_entropy_grad(const Tensor& logits, const Tensor& target, std::span<const int64_t> heads,
                        float smoothing, const Tensor& log_norm, const Tensor& dloss, const Tensor& dlogits) {
  const int64_t classes = logits.shape.dim(-1), batch = logits.shape.rows(),
                per_row = std::max<int64_t>(1, std::ssize(heads));
  assert(dlogits.size() == logits.size());
  check_labels(target, classes);
  const float factor = *dloss.f32() / static_cast<float>(batch);
  parallel_ranges(batch, kRowGrain, [&](int64_t begin, int64_t end, int) {
    for (int64_t b = begin; b < end; ++b) {
      for_heads(logits, target, heads, b, [&](const Head& head, int64_t h, int64_t at) {
        const float norm = log_norm.f32()[b * per_row + h];
        head_grad(head, smoothing, norm, factor, row(dlogits) + (b * classes + at));
      });
    }
  });
}

}  // namespace ax::kernels
#endif
