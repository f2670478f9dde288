#include "adapterx/graph/ops/scale_tokens.h"

#include "adapterx/graph/autodiff.h"
#include "adapterx/kernels/tokens/token_scale.h"

namespace ax {
namespace {

Shape one_per_token(const Shape& x) { return x.with(x.rank() - 1, 1); }

// Operands: x, z of equal shape. <x, z> of each token, in the role of the factor whose gradient it is.
struct DotTokensOp : Op {
  explicit DotTokensOp(Role out) : role(out) {}
  Role role;

  std::string_view name() const override { return "dot_tokens"; }
  bool token_wise() const override { return true; }
  std::vector<OutputSpec> infer(const ShapeContext& c) const override {
    return {{one_per_token(c.shape(0)), role}};
  }
  Kernel bind(Binding& b) const override {
    return [x = b.input(0), z = b.input(1), dot = b.output(0)](const StepState&) {
      kernels::dot_tokens(x, z, dot);
    };
  }
};

struct ScaleTokensOp : Op {
  std::string_view name() const override { return "scale_tokens"; }
  bool token_wise() const override { return true; }
  std::optional<size_t> in_place_operand() const override { return 0; }

  std::vector<OutputSpec> infer(const ShapeContext& c) const override {
    if (c.shape(0).rank() < 2) c.reject("x", "rank 2 or more", to_string(c.shape(0)));
    c.expect_shape(1, "factor", one_per_token(c.shape(0)));
    return {{c.shape(0), c.role(0)}};
  }

  void backward(Gradients& g, const Node& node) const override {
    const Value x = g.input(node, 0), factor = g.input(node, 1), dy = g.of(node);
    if (g.wants(node, 0)) g.add(node, 0, scale_tokens(dy, factor));
    if (!g.wants(node, 1)) return;
    g.add(node, 1, g.graph().append_one(std::make_shared<DotTokensOp>(factor.role()), {dy, x}));
  }

  Kernel bind(Binding& b) const override {
    return [x = b.input(0), factor = b.input(1), y = b.output(0)](const StepState&) {
      kernels::scale_tokens(x, factor, y);
    };
  }

  void evaluate(TwinNode& t) const override {
    const auto d = static_cast<size_t>(t.in[0]->shape.dim(-1));
    for (size_t i = 0; i < t.out[0].v.size(); ++i) t.out[0].v[i] = t.in[0]->v[i] * t.in[1]->v[i / d];
  }
};

}  // namespace

Value scale_tokens(Value x, Value factor) {
  return x.graph->append_one(std::make_shared<ScaleTokensOp>(), {x, factor});
}

}  // namespace ax
