// Layer normalisation over the innermost axis.
#pragma once

#include "adapterx/graph/op.h"

namespace ax {

// (x - mean) / sqrt(var + eps) * weight + bias; weight, bias: [d].
Value layer_norm(Value x, Value weight, Value bias, float eps);

// The op behind it, with what fusion folds in: the residual add x + factor[b] * branch before the norm.
// Operands: x, weight, bias, branch, factor.  Outputs: y, xhat, rstd and, with a branch, sum.
struct LayerNormOp : Op {
  explicit LayerNormOp(float epsilon) : eps(epsilon) {}
  float eps;

  std::string_view name() const override { return "layer_norm"; }
  std::vector<OutputSpec> infer(const ShapeContext& c) const override;
  void backward(Gradients& g, const Node& node) const override;
  Kernel bind(Binding& b) const override;
  void evaluate(TwinNode& t) const override;
  bool token_wise() const override { return true; }
  Value recompute(Graph& graph, const Node& node, size_t output) const override;
};

// Operands: dy, xhat, rstd, weight, carry (gradient by the residual path), factor. Outputs: dx and, asked for
// by fusion, branch = factor[b] * dx as an activation.
struct LayerNormGradOp : Op {
  bool branch = false;

  std::string_view name() const override { return "layer_norm_grad"; }
  std::vector<OutputSpec> infer(const ShapeContext& c) const override;
  Kernel bind(Binding& b) const override;
  std::optional<size_t> in_place_operand() const override { return 4; }
};

}  // namespace ax
