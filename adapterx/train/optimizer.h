// Optimizers over the trained parameters: one fused pass over each contiguous range of parameters with the
// same weight decay and learning rate. Buffers, which a step itself updates, are left alone.
//
// The learning rate of a parameter that is declared so (ParameterUse::relative) is multiplied by the root
// mean square of its values as the optimizer finds them, before the first step (by 1 where all are 0). A
// pretrained class token of 0.015 and a norm's weights of 2 then move by the same part of their size in a
// step.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "adapterx/base/buffer.h"
#include "adapterx/graph/trained_parameters.h"

namespace ax {

struct OptimizerOptions {
  enum class Kind { adamw, sgd };
  Kind kind = Kind::adamw;
  float beta1 = 0.9f, beta2 = 0.999f, eps = 1e-8f;  // adamw
  float momentum = 0.9f;                            // sgd
  bool nesterov = false;                            // sgd
  float weight_decay = 0;
  // Weight decay of every parameter, those declared to go without (ParameterUse::decays), too.
  bool decay_vectors = false;
  float max_gradient_norm = 0;  // global-norm clipping; 0: none
};

class Optimizer {
 public:
  Optimizer(std::shared_ptr<TrainedParameters> parameters, const OptimizerOptions& options);

  // Updates the values from the gradients. Returns the gradients' norm before clipping. Throws Error, naming
  // the parameter, and changes nothing when the norm is not finite.
  double step(float lr);

  int64_t steps_taken() const { return steps_; }
  // Moments, for checkpoints: adamw's m and v; sgd's velocity, then empty. Laid out as TrainedParameters'
  // gradients.
  std::span<float> first_moment() { return {first_.as<float>(), first_.size() / sizeof(float)}; }
  std::span<float> second_moment() { return {second_.as<float>(), second_.size() / sizeof(float)}; }
  void set_steps_taken(int64_t n) { steps_ = n; }

 private:
  struct Range {
    size_t begin = 0, end = 0;
    float weight_decay = 0;
    float rate = 1;  // times the learning rate
  };
  void add_range(const TrainedParameters::Entry& e);
  float rate_of(const TrainedParameters::Entry& e) const;
  void update(const Range& r, float lr, float gradient_scale);
  [[noreturn]] void report_not_finite() const;

  std::shared_ptr<TrainedParameters> parameters_;
  OptimizerOptions options_;
  std::vector<Range> ranges_;
  Buffer first_, second_;
  int64_t steps_ = 0;
};

}  // namespace ax
