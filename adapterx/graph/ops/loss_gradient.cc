#include "adapterx/graph/ops/loss_gradient.h"

#include "adapterx/graph/op.h"

namespace ax {
namespace {

struct LossGradientOp : Op {
  std::string_view name() const override { return "loss_gradient"; }
  std::vector<OutputSpec> infer(const ShapeContext&) const override { return {{Shape{}, Role::exact}}; }
  Kernel bind(Binding& b) const override {
    return [y = b.output(0)](const StepState& s) { *y.f32() = s.loss_scale; };
  }
};

}  // namespace

Value loss_gradient(Graph& graph) { return graph.append_one(std::make_shared<LossGradientOp>(), {}); }

}  // namespace ax
