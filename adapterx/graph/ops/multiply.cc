#include "adapterx/graph/ops/multiply.h"

#include <algorithm>
#include <cstring>

#include "adapterx/graph/autodiff.h"
#include "adapterx/graph/ops/add.h"
#include "adapterx/graph/ops/reduce.h"
#include "adapterx/kernels/elementwise/elementwise.h"

namespace ax {
namespace {

struct MultiplyOp : Op {
  std::string_view name() const override { return "multiply"; }
  bool token_wise() const override { return true; }
  std::optional<size_t> in_place_operand() const override { return 0; }

  std::vector<OutputSpec> infer(const ShapeContext& c) const override {
    if (!repeats_over(c.shape(0), c.shape(1))) c.reject("b", to_string(c.shape(0)), to_string(c.shape(1)));
    return {{c.shape(0), c.role(0)}};
  }

  void backward(Gradients& g, const Node& node) const override {
    const Value a = g.input(node, 0), b = g.input(node, 1), dy = g.of(node);
    if (g.wants(node, 0)) g.add(node, 0, multiply(dy, b));
    if (!g.wants(node, 1)) return;
    if (b.shape() == a.shape()) {
      g.add(node, 1, multiply(dy, a));
    } else {
      g.sink(node, 1, column_dot_op(b.shape()), {dy, a});
    }
  }

  Kernel bind(Binding& bind) const override {
    const Tensor a = bind.input(0), b = bind.input(1), y = bind.output(0);
    return [=](const StepState&) { kernels::multiply(a, b, y); };
  }

  void evaluate(TwinNode& t) const override {
    const std::vector<double>&a = t.in[0]->v, &b = t.in[1]->v;
    for (size_t i = 0; i < a.size(); ++i) t.out[0].v[i] = a[i] * b[i % b.size()];
  }
};

struct BroadcastScalarOp : Op {
  BroadcastScalarOp(const Shape& shape, Role role) : shape_(shape), role_(role) {}

  std::string_view name() const override { return "broadcast_scalar"; }
  std::vector<OutputSpec> infer(const ShapeContext& c) const override {
    if (c.shape(0).size() != 1) c.reject("scalar", "one element", to_string(c.shape(0)));
    return {{shape_, role_}};
  }
  void backward(Gradients& g, const Node& node) const override {
    g.sink(node, 0, column_sum_op(g.input(node, 0).shape()), {g.of(node)});
  }
  Kernel bind(Binding& b) const override {
    const Tensor scalar = b.input(0), y = b.output(0);
    return [=](const StepState&) {
      std::memset(y.data, 0, y.bytes());
      kernels::add(y, scalar, 1, y);
    };
  }
  void evaluate(TwinNode& t) const override {
    std::fill(t.out[0].v.begin(), t.out[0].v.end(), t.in[0]->v[0]);
  }

 private:
  Shape shape_;
  Role role_;
};

}  // namespace

Value multiply(Value a, Value b) { return a.graph->append_one(std::make_shared<MultiplyOp>(), {a, b}); }
Value scale(Value x, float alpha) { return x.graph->append_one(std::make_shared<ScaleOp>(alpha), {x}); }

Value broadcast_scalar(Value scalar, const Shape& shape, Role role) {
  return scalar.graph->append_one(std::make_shared<BroadcastScalarOp>(shape, role), {scalar});
}

void ScaleOp::backward(Gradients& g, const Node& node) const { g.add(node, 0, scale(g.of(node), alpha)); }

Kernel ScaleOp::bind(Binding& b) const {
  const Tensor x = b.input(0), y = b.output(0);
  return [x, y, factor = alpha](const StepState&) { kernels::scale(x, factor, y); };
}

void ScaleOp::evaluate(TwinNode& t) const {
  for (size_t i = 0; i < t.out[0].v.size(); ++i) t.out[0].v[i] = static_cast<double>(alpha) * t.in[0]->v[i];
}

}  // namespace ax
