// Linear layers: the products that a transformer's time goes into.
#pragma once

#include "adapterx/graph/graph.h"
#include "adapterx/graph/op.h"
#include "adapterx/kernels/elementwise/activation.h"

namespace ax {

// y[..., n] = x[..., k] W^T + b.  weight: [n, k] (or any shape with n first and k elements in the rest, as a
// patch embedding's convolution has), bias: [n] or absent. Logits ask for Role::exact.
Value linear(Value x, Value weight, Value bias = {}, Role out = Role::activation);

// The op behind it, with what fusion folds in: y = scale * act(x op(W) + b) + residual.
// Operands: x, weight, bias, residual. transposed: op(W) = W, the gradient of x of a layer y = x W^T.
struct LinearOp : Op {
  bool transposed = false;
  Activation act = Activation::none;
  float scale = 1;
  Role out = Role::activation;

  std::string_view name() const override { return transposed ? "linear_input_grad" : "linear"; }
  std::vector<OutputSpec> infer(const ShapeContext& c) const override;
  void backward(Gradients& gradients, const Node& node) const override;
  Kernel bind(Binding& b) const override;
  Cost cost(std::span<const Shape> in) const override;
  void evaluate(TwinNode& node) const override;
  bool packs_operand(size_t i) const override { return i == 1; }
  std::optional<size_t> in_place_operand() const override { return 3; }
  bool token_wise() const override { return true; }
};

}  // namespace ax
