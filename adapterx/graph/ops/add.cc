#include "adapterx/graph/ops/add.h"

#include "adapterx/graph/autodiff.h"
#include "adapterx/graph/ops/cast.h"
#include "adapterx/graph/ops/reduce.h"
#include "adapterx/kernels/elementwise/elementwise.h"

namespace ax {

bool repeats_over(const Shape& a, const Shape& b) {
  if (b.rank() > 1 && b.rank() != a.rank()) return false;
  int first = 0;
  while (first < b.rank() && b[first] == 1) ++first;
  for (int i = first; i < b.rank(); ++i) {
    if (b[i] != a.dim(i - b.rank())) return false;
  }
  return true;
}

Value add(Value a, Value b, std::optional<Role> out) {
  const bool residual = a.role() == Role::residual || b.role() == Role::residual;
  return a.graph->append_one(std::make_shared<AddOp>(out.value_or(residual ? Role::residual : a.role())),
                             {a, b});
}

std::vector<OutputSpec> AddOp::infer(const ShapeContext& c) const {
  if (!repeats_over(c.shape(0), c.shape(1))) c.reject("b", to_string(c.shape(0)), to_string(c.shape(1)));
  return {{c.shape(0), role}};
}

void AddOp::backward(Gradients& g, const Node& node) const {
  const Value dy = g.of(node);
  g.add(node, 0, dy);
  const Shape b = g.input(node, 1).shape();
  if (b == dy.shape()) {
    g.add(node, 1, dy);
  } else {
    g.sink(node, 1, column_sum_op(b), {dy});
  }
}

Kernel AddOp::bind(Binding& bind) const {
  const Tensor a = bind.input(0), b = bind.input(1), y = bind.output(0);
  return [=](const StepState&) { kernels::add(a, b, 1, y); };
}

void AddOp::evaluate(TwinNode& t) const {
  const std::vector<double>&a = t.in[0]->v, &b = t.in[1]->v;
  for (size_t i = 0; i < a.size(); ++i) t.out[0].v[i] = a[i] + b[i % b.size()];
}

}  // namespace ax
