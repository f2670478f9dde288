// Batch normalisation over all axes but the innermost (kernels/norms/batch_norm.h).
#pragma once

#include "adapterx/graph/op.h"

namespace ax {

struct BatchNormParameters {
  Value weight, bias, running_mean, running_var;  // [C]
};

// y = (x - mean) / sqrt(var + eps) * weight + bias. x: [..., C]; y has its role.
//
// batch_statistics: mean and variance are those of x, of two rows or more, and a run moves the running ones
// by `momentum` towards them, as torch.nn.BatchNorm1d does in training, where they are buffers
// (Graph::buffer) that the session shares; frozen ones stay. Else the running ones are mean and variance.
// Running statistics are never differentiated: to train them is an Error.
Value batch_norm(Value x, const BatchNormParameters& p, bool batch_statistics, float eps = 1e-5f,
                 float momentum = 0.1f);

// The op behind it, with the ReLU that a rewrite folds in.
// Operands: x, weight, bias, running_mean, running_var. Outputs: y, mean and 1 / sqrt(var + eps).
struct BatchNormOp : Op {
  bool batch_statistics = true, relu = false;
  float eps = 1e-5f, momentum = 0.1f;

  std::string_view name() const override { return "batch_norm"; }
  std::vector<OutputSpec> infer(const ShapeContext& c) const override;
  void backward(Gradients& g, const Node& node) const override;
  Kernel bind(Binding& b) const override;
  // Leaves the running statistics as they are.
  void evaluate(TwinNode& t) const override;
};

}  // namespace ax
