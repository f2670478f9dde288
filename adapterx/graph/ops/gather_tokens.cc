#include "adapterx/graph/ops/gather_tokens.h"

#include <algorithm>

#include "adapterx/graph/autodiff.h"
#include "adapterx/kernels/tokens/gather_tokens.h"

namespace ax {
namespace {

// Operands: dy [B, M, d], index.
struct GatherTokensGradOp : Op {
  GatherTokensGradOp(const Shape& x, Role role) : x_(x), role_(role) {}

  std::string_view name() const override { return "gather_tokens_grad"; }
  std::vector<OutputSpec> infer(const ShapeContext&) const override { return {{x_, role_}}; }
  Kernel bind(Binding& b) const override {
    b.need_scratch(kernels::gather_tokens_grad_scratch(x_[1], b.input(1).size() / x_[0]));
    return [dy = b.input(0), index = b.input(1), dx = b.output(0)](const StepState& s) {
      kernels::gather_tokens_grad(dy, index, dx, s.scratch);
    };
  }

 private:
  Shape x_;
  Role role_;
};

void expect_within(const Tensor& index, int64_t tokens, const std::string& scope) {
  const int32_t *begin = index.i32(), *end = begin + index.size();
  const auto wrong = std::find_if(begin, end, [&](int32_t i) { return i < 0 || i >= tokens; });
  if (wrong == end) return;
  fail("{}: gather_tokens: index: expected 0 to {}, got {}", scope, tokens - 1, *wrong);
}

// Operands: x, index.
struct GatherTokensOp : Op {
  std::string_view name() const override { return "gather_tokens"; }
  std::vector<OutputSpec> infer(const ShapeContext& c) const override {
    c.expect_rank(0, "x", 3);
    c.expect_rank(1, "index", 2);
    const Shape &x = c.shape(0), &index = c.shape(1);
    if (x[0] != 1) c.expect_shape(1, "index", {x[0], index[1]});
    if (c.role(1) != Role::index) c.reject("index", "Role::index", "numbers");
    return {{Shape{index[0], index[1], x[2]}, c.role(0)}};
  }
  void backward(Gradients& g, const Node& node) const override {
    const Value x = g.input(node, 0);
    auto grad = std::make_shared<GatherTokensGradOp>(x.shape(), x.role());
    g.add(node, 0, g.graph().append_one(std::move(grad), {g.of(node), g.input(node, 1)}));
  }
  Kernel bind(Binding& b) const override {
    return [x = b.input(0), index = b.input(1), y = b.output(0), scope = b.scope](const StepState&) {
      expect_within(index, x.shape[1], scope);
      kernels::gather_tokens(x, index, y);
    };
  }
  void evaluate(TwinNode& t) const override {
    const Shape& x = t.in[0]->shape;
    const int64_t picked = t.in[1]->shape.size() / x[0], d = x[2];
    for (int64_t i = 0; i < t.in[1]->shape.size(); ++i) {
      const auto token = static_cast<int64_t>(t.in[1]->v[static_cast<size_t>(i)]);
      std::copy_n(t.in[0]->v.begin() + (i / picked * x[1] + token) * d, d, t.out[0].v.begin() + i * d);
    }
  }
};

}  // namespace

Value gather_tokens(Value x, Value index) {
  return x.graph->append_one(std::make_shared<GatherTokensOp>(), {x, index});
}

}  // namespace ax
