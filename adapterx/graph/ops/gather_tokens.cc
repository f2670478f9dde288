#include "adapterx/graph/ops/gather_tokens.h"

#include <algorithm>

#include "adapterx/graph/autodiff.h"
#include "adapterx/kernels/gather_tokens.h"

namespace ax {
namespace {

// Operands: dy [B, M, d], index.
struct GatherTokensGradOp : Op {
  GatherTokensGradOp(int64_t tokens, Role role) : tokens_(tokens), role_(role) {}

  std::string_view name() const override { return "gather_tokens_grad"; }
  std::vector<OutputSpec> infer(const ShapeContext& c) const override {
    return {{c.shape(0).with(1, tokens_), role_}};
  }
  Kernel bind(Binding& b) const override {
    b.need_scratch(kernels::gather_tokens_grad_scratch(tokens_, b.input(1).shape[1]));
    return [dy = b.input(0), index = b.input(1), dx = b.output(0)](const StepState& s) {
      kernels::gather_tokens_grad(dy, index, dx, s.scratch);
    };
  }

 private:
  int64_t tokens_;
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
    c.expect_shape(1, "index", {x[0], index[1]});
    if (c.role(1) != Role::index) c.reject("index", "Role::index", "numbers");
    return {{x.with(1, index[1]), c.role(0)}};
  }
  void backward(Gradients& g, const Node& node) const override {
    const Value x = g.input(node, 0);
    auto grad = std::make_shared<GatherTokensGradOp>(x.shape()[1], x.role());
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
    const int64_t picked = t.in[1]->shape[1], d = x[2];
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
