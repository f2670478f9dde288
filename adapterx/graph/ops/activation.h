// Activation functions as ops.
#pragma once

#include "adapterx/graph/op.h"
#include "adapterx/kernels/elementwise/activation.h"

namespace ax {

Value activate(Value x, Activation act);
inline Value relu(Value x) { return activate(x, Activation::relu); }
inline Value gelu(Value x) { return activate(x, Activation::gelu_erf); }

struct ActivationOp : Op {
  explicit ActivationOp(Activation a) : act(a) {}
  Activation act;

  std::string_view name() const override { return to_string(act); }
  std::vector<OutputSpec> infer(const ShapeContext& c) const override { return {{c.shape(0), c.role(0)}}; }
  void backward(Gradients& g, const Node& node) const override;
  Kernel bind(Binding& b) const override;
  void evaluate(TwinNode& t) const override;
  std::optional<size_t> in_place_operand() const override { return 0; }
  bool token_wise() const override { return true; }
  Value recompute(Graph& graph, const Node& node, size_t output) const override;
};

}  // namespace ax
