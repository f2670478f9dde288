#include "adapterx/train/optimizer.h"

#include <cmath>

#include "adapterx/base/error.h"
#include "adapterx/kernels/optimizer.h"

namespace ax {

Optimizer::Optimizer(std::shared_ptr<TrainedParameters> parameters, const OptimizerOptions& options)
    : parameters_(std::move(parameters)), options_(options) {
  for (const TrainedParameters::Entry& e : parameters_->optimised()) add_range(e);
  const size_t bytes = parameters_->gradients().size_bytes();
  first_ = Buffer(bytes);
  if (options_.kind == OptimizerOptions::Kind::adamw) second_ = Buffer(bytes);
}

void Optimizer::add_range(const TrainedParameters::Entry& e) {
  const float decay = e.decays || options_.decay_vectors ? options_.weight_decay : 0, rate = rate_of(e);
  if (!ranges_.empty() && ranges_.back().weight_decay == decay && ranges_.back().rate == rate) {
    ranges_.back().end = e.offset + e.size();  // over the gap between, which is and stays 0
  } else {
    ranges_.push_back({e.offset, e.offset + e.size(), decay, rate});
  }
}

float Optimizer::rate_of(const TrainedParameters::Entry& e) const {
  if (!e.relative) return 1;
  const double square = kernels::squared_norm(parameters_->value(e).f32_span());
  const double size = std::sqrt(square / static_cast<double>(e.size()));
  return size > 0 ? static_cast<float>(size) : 1;
}

double Optimizer::step(float lr) {
  const double norm = std::sqrt(kernels::squared_norm(parameters_->gradients()));
  if (!std::isfinite(norm)) report_not_finite();
  const bool clips = options_.max_gradient_norm > 0 && norm > static_cast<double>(options_.max_gradient_norm);
  const float gradient_scale =
      clips ? static_cast<float>(static_cast<double>(options_.max_gradient_norm) / norm) : 1;
  ++steps_;
  for (const Range& r : ranges_) update(r, lr, gradient_scale);
  return norm;
}

void Optimizer::update(const Range& r, float lr, float gradient_scale) {
  const size_t n = r.end - r.begin;
  const std::span<float> values = parameters_->values().subspan(r.begin, n);
  const std::span<const float> gradients = parameters_->gradients().subspan(r.begin, n);
  if (options_.kind == OptimizerOptions::Kind::adamw) {
    const kernels::AdamW a{lr * r.rate,    options_.beta1, options_.beta2, options_.eps,
                           r.weight_decay, steps_,         gradient_scale};
    kernels::adamw(a, values, gradients, first_moment().subspan(r.begin, n),
                   second_moment().subspan(r.begin, n));
  } else {
    const kernels::Sgd a{lr * r.rate, options_.momentum, r.weight_decay, options_.nesterov, gradient_scale};
    kernels::sgd(a, values, gradients, first_moment().subspan(r.begin, n));
  }
}

void Optimizer::report_not_finite() const {
  for (const TrainedParameters::Entry& e : parameters_->optimised()) {
    if (!std::isfinite(kernels::squared_norm(parameters_->gradient(e).f32_span()))) {
      fail("{}: gradient is not finite after {} steps; try a lower learning rate or gradient clipping",
           e.name, steps_);
    }
  }
  fail("gradient norm overflows after {} steps; try a lower learning rate", steps_);
}

}  // namespace ax
