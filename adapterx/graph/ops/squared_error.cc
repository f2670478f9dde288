#include "adapterx/graph/ops/squared_error.h"

#include "adapterx/graph/autodiff.h"
#include "adapterx/graph/ops/cast.h"
#include "adapterx/graph/ops/multiply.h"
#include "adapterx/kernels/loss/squared_error.h"
#include "adapterx/kernels/twin/squared_error.h"

namespace ax {
namespace {

// Operands: predicted, target, dloss.
struct SquaredErrorGradOp : Op {
  std::string_view name() const override { return "squared_error_grad"; }
  std::vector<OutputSpec> infer(const ShapeContext& c) const override { return {{c.shape(0), Role::exact}}; }
  Kernel bind(Binding& b) const override {
    return [in = b.in, d = b.output(0)](const StepState&) {
      kernels::squared_error_grad(in[0], in[1], in[2], d);
    };
  }
  std::optional<size_t> in_place_operand() const override { return 0; }
};

// Operands: predicted, target.
struct SquaredErrorOp : Op {
  std::string_view name() const override { return "squared_error"; }

  std::vector<OutputSpec> infer(const ShapeContext& c) const override {
    c.expect_shape(1, "target", c.shape(0));
    return {{Shape{}, Role::exact}};
  }

  void backward(Gradients& g, const Node& node) const override {
    const Value d = g.graph().append_one(std::make_shared<SquaredErrorGradOp>(),
                                         {g.input(node, 0), g.input(node, 1), g.of(node)});
    g.add(node, 0, d);
    if (g.wants(node, 1)) g.add(node, 1, scale(d, -1));
  }

  Kernel bind(Binding& b) const override {
    b.need_scratch(kernels::squared_error_scratch(b.input(0).size()));
    return [in = b.in, loss = b.output(0)](const StepState& s) {
      kernels::squared_error(in[0], in[1], loss, s.scratch);
    };
  }

  void evaluate(TwinNode& t) const override {
    t.out[0].v[0] = twin::squared_error(t.in[0]->v.data(), t.in[1]->v.data(), t.in[0]->v.size());
  }
};

}  // namespace

Value squared_error(Value predicted, Value target) {
  return predicted.graph->append_one(std::make_shared<SquaredErrorOp>(),
                                     {cast(predicted, Role::exact), cast(target, Role::exact)});
}

}  // namespace ax
