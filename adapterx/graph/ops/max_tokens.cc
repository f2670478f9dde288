#include "adapterx/graph/ops/max_tokens.h"

#include "adapterx/graph/autodiff.h"
#include "adapterx/kernels/tokens/max_tokens.h"
#include "adapterx/kernels/twin/tokens.h"

namespace ax {
namespace {

// Operands: dy [B, 1, d], token [B, 1, d].
struct MaxTokensGradOp : Op {
  MaxTokensGradOp(int64_t tokens, Role role) : tokens_(tokens), role_(role) {}

  std::string_view name() const override { return "max_tokens_grad"; }
  std::vector<OutputSpec> infer(const ShapeContext& c) const override {
    return {{c.shape(0).with(1, tokens_), role_}};
  }
  Kernel bind(Binding& b) const override {
    return [dy = b.input(0), token = b.input(1), dx = b.output(0)](const StepState&) {
      kernels::max_tokens_grad(dy, token, dx);
    };
  }

 private:
  int64_t tokens_;
  Role role_;
};

// Operand: x. Outputs: y and the token it is of.
struct MaxTokensOp : Op {
  MaxTokensOp(int64_t begin, int64_t count) : begin_(begin), count_(count) {}

  std::string_view name() const override { return "max_tokens"; }
  std::vector<OutputSpec> infer(const ShapeContext& c) const override {
    c.expect_rank(0, "x", 3);
    if (begin_ < 0 || count_ < 1 || begin_ + count_ > c.shape(0)[1]) {
      c.reject("x", fmt::format("tokens [{}, {})", begin_, begin_ + count_), to_string(c.shape(0)));
    }
    const Shape y = c.shape(0).with(1, 1);
    return {{y, c.role(0)}, {y, Role::index}};
  }
  void backward(Gradients& g, const Node& node) const override {
    const Value x = g.input(node, 0);
    auto grad = std::make_shared<MaxTokensGradOp>(x.shape()[1], x.role());
    g.add(node, 0, g.graph().append_one(std::move(grad), {g.of(node), g.output(node, 1)}));
  }
  Kernel bind(Binding& b) const override {
    return [x = b.input(0), y = b.output(0), token = b.output(1), op = *this](const StepState&) {
      kernels::max_tokens(x, op.begin_, op.count_, y, token);
    };
  }
  void evaluate(TwinNode& t) const override {
    const Shape& x = t.in[0]->shape;
    const std::vector<size_t> token =
        twin::max_tokens(t.in[0]->v, static_cast<size_t>(x[0]), static_cast<size_t>(x[1]),
                         static_cast<size_t>(x[2]), static_cast<size_t>(begin_), static_cast<size_t>(count_));
    const auto tokens = static_cast<size_t>(x[1]), d = static_cast<size_t>(x[2]);
    for (size_t i = 0; i < token.size(); ++i) {
      t.out[0].v[i] = t.in[0]->v[(i / d * tokens + token[i]) * d + i % d];
      t.out[1].v[i] = static_cast<double>(token[i]);
    }
  }

 private:
  int64_t begin_, count_;
};

}  // namespace

Value max_tokens(Value x, int64_t begin, int64_t count) {
  return x.graph->append_one(std::make_shared<MaxTokensOp>(begin, count), {x});
}

}  // namespace ax
