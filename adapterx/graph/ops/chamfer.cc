#include "adapterx/graph/ops/chamfer.h"

#include "adapterx/graph/autodiff.h"
#include "adapterx/graph/ops/cast.h"
#include "adapterx/kernels/points/chamfer.h"
#include "adapterx/kernels/twin/chamfer.h"

namespace ax {
namespace {

// Operands: predicted, target, nearest_target, nearest_predicted, ddistance. Outputs: the gradients of the
// first two.
struct ChamferGradOp : Op {
  explicit ChamferGradOp(bool squared) : squared_(squared) {}

  std::string_view name() const override { return "chamfer_grad"; }
  std::vector<OutputSpec> infer(const ShapeContext& c) const override {
    return {{c.shape(0), Role::exact}, {c.shape(1), Role::exact}};
  }
  Kernel bind(Binding& b) const override {
    return
        [a = kernels::ChamferGrad{b.input(0), b.input(1), squared_, b.input(2), b.input(3), b.input(4),
                                  b.output(0), b.output(1)}](const StepState&) { kernels::chamfer_grad(a); };
  }

 private:
  bool squared_;
};

// Operands: predicted, target. Outputs: distance, nearest_target, nearest_predicted.
struct ChamferOp : Op {
  explicit ChamferOp(bool squared) : squared_(squared) {}

  std::string_view name() const override { return "chamfer"; }

  std::vector<OutputSpec> infer(const ShapeContext& c) const override {
    c.expect_rank(0, "predicted", 3);
    c.expect_rank(1, "target", 3);
    const Shape &p = c.shape(0), &t = c.shape(1);
    c.expect_shape(0, "predicted", p.with(2, 3));
    c.expect_shape(1, "target", t.with(0, p[0]).with(2, 3));
    return {{Shape{}, Role::exact}, {Shape{p[0], p[1]}, Role::index}, {Shape{t[0], t[1]}, Role::index}};
  }

  void backward(Gradients& g, const Node& node) const override {
    const Value operands[] = {g.input(node, 0), g.input(node, 1), g.output(node, 1), g.output(node, 2),
                              g.of(node)};
    const std::vector<Value> d = g.graph().append(std::make_shared<ChamferGradOp>(squared_), operands);
    for (size_t i = 0; i < 2; ++i) {
      if (g.wants(node, i)) g.add(node, i, d[i]);
    }
  }

  Kernel bind(Binding& b) const override {
    kernels::Chamfer a{b.input(0), b.input(1), squared_, b.output(0), b.output(1), b.output(2)};
    b.need_scratch(kernels::chamfer_scratch(a.predicted.shape[0], a.predicted.shape[1], a.target.shape[1]));
    return [a](const StepState& s) mutable {
      a.scratch = s.scratch;
      kernels::chamfer(a);
    };
  }

  void evaluate(TwinNode& t) const override {
    const TwinTensor &p = *t.in[0], &q = *t.in[1];
    t.out[0].v[0] = twin::chamfer(p.v.data(), static_cast<size_t>(p.shape[1]), q.v.data(),
                                  static_cast<size_t>(q.shape[1]), static_cast<size_t>(p.shape[0]), squared_);
  }

 private:
  bool squared_;
};

}  // namespace

Value chamfer_distance(Value predicted, Value target, bool squared) {
  return predicted.graph->append(
      std::make_shared<ChamferOp>(squared),
      std::vector<Value>{cast(predicted, Role::exact), cast(target, Role::exact)})[0];
}

}  // namespace ax
