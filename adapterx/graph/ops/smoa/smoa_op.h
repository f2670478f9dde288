// The op smoa: operands SmoaOperands, results SmoaResults.
#pragma once

#include "adapterx/graph/op.h"
#include "adapterx/graph/ops/smoa/attributes.h"

namespace ax {

struct SmoaOp : Op {
  explicit SmoaOp(const SmoaAttributes& attributes) : a(attributes) {}
  SmoaAttributes a;

  std::string_view name() const override { return "smoa"; }
  std::vector<OutputSpec> infer(const ShapeContext& c) const override;
  void backward(Gradients& g, const Node& node) const override;
  Kernel bind(Binding& b) const override;
  void evaluate(TwinNode& t) const override;  // smoa_twin.cc
  std::shared_ptr<const Op> narrowed(int64_t begin, int64_t count, int64_t tokens) const override;
  // All but the mean, which is one of the tokens computed.
  bool narrowing_keeps_output(size_t i) const override;
  Cost cost(std::span<const Shape> in) const override;
};

}  // namespace ax
