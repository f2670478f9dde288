// Multiplication, by a tensor and by a number.
#pragma once

#include "adapterx/graph/op.h"

namespace ax {

// a * b, b of a's shape or repeating over its leading axes (LayerScale, SSF's scale). Role: a's.
Value multiply(Value a, Value b);

// alpha * x.
Value scale(Value x, float alpha);

// A scalar value repeated over a shape.
Value broadcast_scalar(Value scalar, const Shape& shape, Role role);

struct ScaleOp : Op {
  explicit ScaleOp(float factor) : alpha(factor) {}
  float alpha;

  std::string_view name() const override { return "scale"; }
  std::vector<OutputSpec> infer(const ShapeContext& c) const override { return {{c.shape(0), c.role(0)}}; }
  void backward(Gradients& g, const Node& node) const override;
  Kernel bind(Binding& b) const override;
  void evaluate(TwinNode& t) const override;
  std::optional<size_t> in_place_operand() const override { return 0; }
  bool token_wise() const override { return true; }
};

}  // namespace ax
