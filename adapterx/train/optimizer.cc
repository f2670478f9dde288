#include "adapterx/train/optimizer.h"

#include <algorithm>
#include <cmath>

#include "adapterx/base/error.h"
#include "adapterx/kernels/optimizer.h"

namespace ax {
namespace {

const ParameterGroup* group_of(const std::vector<ParameterGroup>& groups, std::string_view name) {
  for (const ParameterGroup& g : groups) {
    for (const std::string& selector : g.selectors) {
      if (matches(selector, name)) return &g;
    }
  }
  return nullptr;
}

void check_selectors(const std::vector<ParameterGroup>& groups, const TrainedParameters& parameters) {
  std::vector<std::string> names;
  for (const TrainedParameters::Entry& e : parameters.entries()) names.push_back(e.name);
  for (const ParameterGroup& g : groups) {
    for (const std::string& selector : g.selectors) {
      const bool found =
          std::any_of(names.begin(), names.end(), [&](const auto& n) { return matches(selector, n); });
      if (!found)
        fail("parameter group: `{}` matches no trained parameter{}", selector, did_you_mean(selector, names));
    }
  }
}

}  // namespace

ParameterGroup vectors_without_decay(const TrainedParameters& parameters) {
  ParameterGroup group;
  for (const TrainedParameters::Entry& e : parameters.optimised()) {
    const bool of_experts = e.name.ends_with("norm.weight") || e.name.ends_with(".bias");
    const bool token = e.shape.rank() == 3 && e.shape[0] == 1;
    if (e.shape.rank() < 2 || token || of_experts) group.selectors.push_back(e.name);
  }
  return group;
}

Optimizer::Optimizer(std::shared_ptr<TrainedParameters> parameters, const OptimizerOptions& options)
    : parameters_(std::move(parameters)), options_(options) {
  check_selectors(options_.groups, *parameters_);
  for (const TrainedParameters::Entry& e : parameters_->optimised()) {
    const ParameterGroup* group = group_of(options_.groups, e.name);
    Range range{e.offset, e.offset + e.size(), group ? group->lr_factor : 1,
                group ? group->weight_decay : options_.weight_decay};
    const bool joins = !ranges_.empty() && ranges_.back().lr_factor == range.lr_factor &&
                       ranges_.back().weight_decay == range.weight_decay;
    if (joins) {
      ranges_.back().end = range.end;  // over the gap between, which is and stays 0
    } else {
      ranges_.push_back(range);
    }
  }
  const size_t bytes = parameters_->gradients().size_bytes();
  first_ = Buffer(bytes);
  if (options_.kind == OptimizerOptions::Kind::adamw) second_ = Buffer(bytes);
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
    const kernels::AdamW a{lr * r.lr_factor, options_.beta1, options_.beta2, options_.eps,
                           r.weight_decay,   steps_,         gradient_scale};
    kernels::adamw(a, values, gradients, first_moment().subspan(r.begin, n),
                   second_moment().subspan(r.begin, n));
  } else {
    const kernels::Sgd a{lr * r.lr_factor, options_.momentum, r.weight_decay, options_.nesterov,
                         gradient_scale};
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
