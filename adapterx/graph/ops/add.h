// Addition.
#pragma once

#include <optional>

#include "adapterx/graph/op.h"

namespace ax {

// a + b. b has a's shape, or repeats over a's leading axes (a bias [d], a position embedding [1, T, d]).
// Role: `out` if given; residual where either is residual; else a's.
Value add(Value a, Value b, std::optional<Role> out = {});

// The op behind it. Operands: a, b.
struct AddOp : Op {
  explicit AddOp(Role out) : role(out) {}
  Role role;

  std::string_view name() const override { return "add"; }
  std::vector<OutputSpec> infer(const ShapeContext& c) const override;
  void backward(Gradients& g, const Node& node) const override;
  Kernel bind(Binding& b) const override;
  void evaluate(TwinNode& t) const override;
  std::optional<size_t> in_place_operand() const override { return 0; }
  bool token_wise() const override { return true; }
};

// Rule of every broadcast operand: b is a scalar, a vector over a's innermost axis, or has a's rank and, but
// for leading ones, a's extents.
bool repeats_over(const Shape& a, const Shape& b);

}  // namespace ax
