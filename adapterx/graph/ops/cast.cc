#include "adapterx/graph/ops/cast.h"

#include "adapterx/graph/autodiff.h"
#include "adapterx/graph/op.h"
#include "adapterx/kernels/elementwise/elementwise.h"

namespace ax {
namespace {

struct CastOp : Op {
  explicit CastOp(Role role) : role_(role) {}

  std::string_view name() const override { return kCast; }
  bool token_wise() const override { return true; }
  std::vector<OutputSpec> infer(const ShapeContext& c) const override { return {{c.shape(0), role_}}; }
  void backward(Gradients& g, const Node& node) const override {
    g.add(node, 0, cast(g.of(node), g.input(node, 0).role()));
  }
  Kernel bind(Binding& b) const override {
    const Tensor x = b.input(0), y = b.output(0);
    return [=](const StepState&) { kernels::scale(x, 1, y); };
  }
  void evaluate(TwinNode& t) const override { t.out[0].v = t.in[0]->v; }

 private:
  Role role_;
};

}  // namespace

Value cast(Value x, Role role) {
  if (!x || x.role() == role) return x;
  return x.graph->append_one(std::make_shared<CastOp>(role), {x});
}

}  // namespace ax
