#include "adapterx/graph/op.h"

namespace ax {

void ShapeContext::reject(std::string_view operand, std::string_view expected, std::string_view got) const {
  fail("{}{}{}: {}: expected {}, got {}", scope_, scope_.empty() ? "" : ": ", op_.name(), operand, expected,
       got);
}

void ShapeContext::expect_shape(size_t i, std::string_view operand, const Shape& expected) const {
  if (!present(i)) reject(operand, to_string(expected), "nothing");
  if (shape(i) != expected) reject(operand, to_string(expected), to_string(shape(i)));
}

void ShapeContext::expect_rank(size_t i, std::string_view operand, int rank) const {
  if (!present(i)) reject(operand, fmt::format("rank {}", rank), "nothing");
  if (shape(i).rank() != rank) reject(operand, fmt::format("rank {}", rank), to_string(shape(i)));
}

namespace {
const Tensor kAbsent;
}

const Tensor& Binding::input(size_t i) const { return i < in.size() ? in[i] : kAbsent; }
const Tensor& Binding::output(size_t i) const { return i < out.size() ? out[i] : kAbsent; }

void Op::backward(Gradients&, const Node& node) const { fail("{}: {}: has no gradient", node.scope, name()); }
Cost Op::cost(std::span<const Shape>) const { return {}; }
void Op::evaluate(TwinNode&) const { fail("{}: has no scalar definition", name()); }

}  // namespace ax
