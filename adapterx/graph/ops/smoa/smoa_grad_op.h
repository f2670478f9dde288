// The backward of smoa: operands SmoaGradOperands; results the gradients of SmoaOperands, in their order.
#pragma once

#include "adapterx/graph/op.h"
#include "adapterx/graph/ops/smoa/attributes.h"

namespace ax {

struct SmoaGradOp : Op {
  explicit SmoaGradOp(const SmoaAttributes& attributes) : a(attributes) {}
  SmoaAttributes a;  // the forward's

  std::string_view name() const override { return "smoa_grad"; }
  std::vector<OutputSpec> infer(const ShapeContext& c) const override;
  Kernel bind(Binding& b) const override;
  Cost cost(std::span<const Shape> in) const override;
};

}  // namespace ax
