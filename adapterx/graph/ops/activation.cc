#include "adapterx/graph/ops/activation.h"

#include "adapterx/graph/autodiff.h"
#include "adapterx/kernels/twin/activation.h"

namespace ax {
namespace {

// Operands: x (the activation's input), dy.
struct ActivationGradOp : Op {
  explicit ActivationGradOp(Activation act) : act_(act), name_(std::string(to_string(act)) + "_grad") {}

  std::string_view name() const override { return name_; }
  std::vector<OutputSpec> infer(const ShapeContext& c) const override { return {{c.shape(0), c.role(0)}}; }
  std::optional<size_t> in_place_operand() const override { return 1; }
  Kernel bind(Binding& b) const override {
    const Tensor x = b.input(0), dy = b.input(1), dx = b.output(0);
    return [x, dy, dx, a = act_](const StepState&) { kernels::activate_grad(a, x, dy, dx); };
  }

 private:
  Activation act_;
  std::string name_;
};

}  // namespace

Value activate(Value x, Activation act) {
  if (act == Activation::none) return x;
  return x.graph->append_one(std::make_shared<ActivationOp>(act), {x});
}

void ActivationOp::backward(Gradients& g, const Node& node) const {
  g.add(node, 0,
        g.graph().append_one(std::make_shared<ActivationGradOp>(act), {g.input(node, 0), g.of(node)}));
}

Kernel ActivationOp::bind(Binding& b) const {
  const Tensor x = b.input(0), y = b.output(0);
  return [x, y, a = act](const StepState&) { kernels::activate(a, x, y); };
}

void ActivationOp::evaluate(TwinNode& t) const {
  for (size_t i = 0; i < t.out[0].v.size(); ++i) t.out[0].v[i] = twin::activate(act, t.in[0]->v[i]);
}

// The gradient keeps the input: the output need not be kept beside it.
Value ActivationOp::recompute(Graph& graph, const Node& node, size_t) const {
  return activate(graph.value(node.inputs[0]), act);
}

}  // namespace ax
