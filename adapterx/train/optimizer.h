// Optimizers over the trained parameters: one fused pass over each group's contiguous ranges. Buffers, which
// a step itself updates, are left alone.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "adapterx/base/buffer.h"
#include "adapterx/graph/trained_parameters.h"

namespace ax {

// Parameters that share a learning-rate factor and a weight decay, by selector. A parameter belongs to the
// first group that matches it, and else to the optimizer's own settings.
struct ParameterGroup {
  std::vector<std::string> selectors;
  float lr_factor = 1;
  float weight_decay = 0;
};

// Biases, norms (of a library of experts, too), class tokens and position embeddings (vectors, and what
// starts with extent 1) without weight decay, as timm has it.
ParameterGroup vectors_without_decay(const TrainedParameters& parameters);

struct OptimizerOptions {
  enum class Kind { adamw, sgd };
  Kind kind = Kind::adamw;
  float beta1 = 0.9f, beta2 = 0.999f, eps = 1e-8f;  // adamw
  float momentum = 0.9f;                            // sgd
  bool nesterov = false;                            // sgd
  float weight_decay = 0;
  float max_gradient_norm = 0;  // global-norm clipping; 0: none
  std::vector<ParameterGroup> groups = {};
};

class Optimizer {
 public:
  // A group's selector that matches no parameter and no buffer is an Error.
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
    float lr_factor = 1, weight_decay = 0;
  };
  void update(const Range& r, float lr, float gradient_scale);
  [[noreturn]] void report_not_finite() const;

  std::shared_ptr<TrainedParameters> parameters_;
  OptimizerOptions options_;
  std::vector<Range> ranges_;
  Buffer first_, second_;
  int64_t steps_ = 0;
};

}  // namespace ax
