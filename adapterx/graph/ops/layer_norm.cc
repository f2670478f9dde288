#include "adapterx/graph/ops/layer_norm.h"

#include <cmath>

#include "adapterx/graph/autodiff.h"
#include "adapterx/graph/ops/add.h"
#include "adapterx/graph/ops/cast.h"
#include "adapterx/graph/ops/multiply.h"
#include "adapterx/graph/ops/reduce.h"
#include "adapterx/kernels/norms/layer_norm.h"
#include "adapterx/kernels/twin/layer_norm.h"

namespace ax {
namespace {
constexpr size_t kX = 0, kWeight = 1, kBias = 2, kBranch = 3, kFactor = 4;
constexpr size_t kY = 0, kXhat = 1, kRstd = 2, kSum = 3;
}  // namespace

Value layer_norm(Value x, Value weight, Value bias, float eps) {
  return x.graph->append_one(std::make_shared<LayerNormOp>(eps),
                             {x, cast(weight, Role::exact), cast(bias, Role::exact)});
}

std::vector<OutputSpec> LayerNormOp::infer(const ShapeContext& c) const {
  const Shape& x = c.shape(kX);
  if (x.rank() < 1) c.reject("x", "rank 1 or more", to_string(x));
  c.expect_shape(kWeight, "weight", {x.dim(-1)});
  c.expect_shape(kBias, "bias", {x.dim(-1)});
  std::vector<OutputSpec> out = {
      {x, Role::activation}, {x, Role::activation}, {Shape{x.rows()}, Role::exact}};
  if (c.present(kBranch)) {
    c.expect_shape(kBranch, "branch", x);
    out.push_back({x, Role::residual});
  }
  return out;
}

void LayerNormOp::backward(Gradients& g, const Node& node) const {
  const Value dy = g.of(node), xhat = g.output(node, kXhat), rstd = g.output(node, kRstd);
  if (g.wants(node, kX)) {
    const Value operands[] = {dy, xhat, rstd, g.input(node, kWeight)};
    const Value dx = g.graph().append(std::make_shared<LayerNormGradOp>(), operands)[0];
    g.add(node, kX, dx);
  }
  const Shape d{dy.shape().dim(-1)};
  g.sink(node, kWeight, column_dot_op(d), {dy, xhat});
  g.sink(node, kBias, column_sum_op(d), {dy});
}

Kernel LayerNormOp::bind(Binding& b) const {
  kernels::LayerNorm a;
  a.x = b.input(kX);
  a.branch = b.input(kBranch);
  a.row_scale = b.input(kFactor);
  a.weight = b.input(kWeight);
  a.bias = b.input(kBias);
  a.eps = eps;
  a.y = b.output(kY);
  a.xhat = b.output(kXhat);
  a.rstd = b.output(kRstd);
  a.sum = b.output(kSum);
  return [a](const StepState&) { kernels::layer_norm(a); };
}

void LayerNormOp::evaluate(TwinNode& t) const {
  const size_t d = static_cast<size_t>(t.in[kX]->shape.dim(-1));
  for (size_t r = 0; r < t.out[kRstd].v.size(); ++r) {
    double* xhat = &t.out[kXhat].v[r * d];
    t.out[kRstd].v[r] = twin::normalise(d, &t.in[kX]->v[r * d], static_cast<double>(eps), xhat);
    for (size_t i = 0; i < d; ++i) t.out[kY].v[r * d + i] = xhat[i] * t.in[kWeight]->v[i] + t.in[kBias]->v[i];
  }
}

// y from xhat, which the gradient keeps: one multiply and one add.
Value LayerNormOp::recompute(Graph& graph, const Node& node, size_t output) const {
  if (output != kY) return {};
  const Value xhat = graph.value(node.outputs[kXhat]);
  return add(multiply(xhat, graph.value(node.inputs[kWeight])), graph.value(node.inputs[kBias]));
}

std::vector<OutputSpec> LayerNormGradOp::infer(const ShapeContext& c) const {
  std::vector<OutputSpec> out = {{c.shape(0), Role::residual}};
  if (branch) out.push_back({c.shape(0), Role::activation});
  return out;
}

Kernel LayerNormGradOp::bind(Binding& b) const {
  kernels::LayerNormGrad a;
  a.dy = b.input(0);
  a.xhat = b.input(1);
  a.rstd = b.input(2);
  a.weight = b.input(3);
  a.carry = b.input(4);
  a.row_scale = b.input(5);
  a.dx = b.output(0);
  a.branch = b.output(1);
  return [a](const StepState&) { kernels::layer_norm_grad(a); };
}

}  // namespace ax
