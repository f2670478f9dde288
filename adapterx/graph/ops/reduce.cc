#include "adapterx/graph/ops/reduce.h"

#include "adapterx/graph/autodiff.h"
#include "adapterx/graph/ops/multiply.h"
#include "adapterx/kernels/elementwise/elementwise.h"

namespace ax {
namespace {

struct ColumnSumOp : Op {
  ColumnSumOp(const Shape& target, bool product) : target_(target), product_(product) {}

  std::string_view name() const override { return product_ ? "column_dot" : "column_sum"; }
  std::vector<OutputSpec> infer(const ShapeContext&) const override { return {{target_, Role::exact}}; }
  bool accumulates() const override { return true; }

  Kernel bind(Binding& b) const override {
    const Tensor x = b.input(0), z = b.input(1), total = b.output(0);
    b.need_scratch(kernels::column_sum_scratch(total.size()));
    if (product_) return [=](const StepState& s) { kernels::column_dot(x, z, total, s.scratch); };
    return [=](const StepState& s) { kernels::column_sum(x, total, s.scratch); };
  }

 private:
  Shape target_;
  bool product_;
};

struct SumOp : Op {
  std::string_view name() const override { return "sum"; }
  std::vector<OutputSpec> infer(const ShapeContext&) const override { return {{Shape{}, Role::exact}}; }
  bool accumulates() const override { return true; }

  Kernel bind(Binding& b) const override {
    const Tensor x = b.input(0), total = b.output(0);
    b.need_scratch(kernels::column_sum_scratch(1));
    return [=](const StepState& s) { kernels::column_sum(x, total, s.scratch); };
  }

  // d sum / dx = 1: dloss repeated over x.
  void backward(Gradients& g, const Node& node) const override {
    const Value x = g.input(node, 0);
    g.add(node, 0, broadcast_scalar(g.of(node), x.shape(), x.role()));
  }

  void evaluate(TwinNode& t) const override {
    for (const double x : t.in[0]->v) t.out[0].v[0] += x;
  }
};

}  // namespace

Value sum(Value x) { return x.graph->append_one(std::make_shared<SumOp>(), {x}); }

std::shared_ptr<const Op> column_sum_op(const Shape& target) {
  return std::make_shared<ColumnSumOp>(target, false);
}

std::shared_ptr<const Op> column_dot_op(const Shape& target) {
  return std::make_shared<ColumnSumOp>(target, true);
}

}  // namespace ax
