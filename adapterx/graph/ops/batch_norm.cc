#include "adapterx/graph/ops/batch_norm.h"

#include <algorithm>
#include <cmath>

#include "adapterx/base/error.h"
#include "adapterx/graph/autodiff.h"
#include "adapterx/graph/ops/cast.h"
#include "adapterx/kernels/norms/batch_norm.h"
#include "adapterx/kernels/twin/batch_norm.h"

namespace ax {
namespace {

constexpr size_t kX = 0, kWeight = 1, kBias = 2, kRunningMean = 3, kRunningVar = 4;
constexpr size_t kY = 0, kMean = 1, kRstd = 2;

// Operands: x, dy, mean, rstd, weight, bias. Outputs: the gradients of x, weight, bias.
struct BatchNormGradOp : Op {
  BatchNormGradOp(bool batch_statistics, bool relu, Role role)
      : batch_statistics_(batch_statistics), relu_(relu), role_(role) {}

  std::string_view name() const override { return "batch_norm_grad"; }
  std::optional<size_t> in_place_operand() const override { return 1; }
  std::vector<OutputSpec> infer(const ShapeContext& c) const override {
    return {{c.shape(1), role_}, {c.shape(4), Role::exact}, {c.shape(4), Role::exact}};
  }
  Kernel bind(Binding& b) const override {
    kernels::BatchNormGrad a;
    a.x = b.input(0);
    a.dy = b.input(1);
    a.mean = b.input(2);
    a.rstd = b.input(3);
    a.weight = b.input(4);
    a.bias = b.input(5);
    a.batch_statistics = batch_statistics_;
    a.relu = relu_;
    a.dx = b.output(0);
    a.dweight = b.output(1);
    a.dbias = b.output(2);
    b.need_scratch(kernels::batch_norm_scratch(a.weight.size()));
    return [a](const StepState& s) mutable {
      a.scratch = s.scratch;
      kernels::batch_norm_grad(a);
    };
  }

 private:
  bool batch_statistics_, relu_;
  Role role_;
};

}  // namespace

Value batch_norm(Value x, const BatchNormParameters& p, bool batch_statistics, float eps, float momentum) {
  auto op = std::make_shared<BatchNormOp>();
  op->batch_statistics = batch_statistics;
  op->eps = eps;
  op->momentum = momentum;
  return x.graph->append_one(std::move(op), {x, cast(p.weight, Role::exact), cast(p.bias, Role::exact),
                                             p.running_mean, p.running_var});
}

std::vector<OutputSpec> BatchNormOp::infer(const ShapeContext& c) const {
  const Shape& x = c.shape(kX);
  if (x.rank() < 1) c.reject("x", "rank 1 or more", to_string(x));
  if (batch_statistics && x.rows() < 2) {
    c.reject("x", "2 rows or more for the statistics of a batch (a larger batch, or running statistics)",
             to_string(x));
  }
  const Shape columns{x.dim(-1)};
  const char* names[] = {"x", "weight", "bias", "running_mean", "running_var"};
  for (const size_t i : {kWeight, kBias, kRunningMean, kRunningVar}) c.expect_shape(i, names[i], columns);
  return {{x, c.role(kX)}, {columns, Role::exact}, {columns, Role::exact}};
}

void BatchNormOp::backward(Gradients& g, const Node& node) const {
  for (const size_t i : {kRunningMean, kRunningVar}) {
    if (!g.wants(node, i)) continue;
    fail("{}: expected running statistics that are a buffer or frozen, but `{}` is trained",
         g.graph().scoped(name()), g.graph().info(node.inputs[i]).name);
  }
  const bool reads_x = batch_statistics || relu || g.wants(node, kWeight);
  const Value operands[] = {reads_x ? g.input(node, kX) : Value{},
                            g.of(node),
                            g.output(node, kMean),
                            g.output(node, kRstd),
                            g.input(node, kWeight),
                            relu ? g.input(node, kBias) : Value{}};
  const auto op = std::make_shared<BatchNormGradOp>(batch_statistics, relu, g.input(node, kX).role());
  const std::vector<Value> gradients = g.graph().append(op, operands);
  for (const size_t i : {kX, kWeight, kBias}) g.add(node, i, gradients[i]);
}

Kernel BatchNormOp::bind(Binding& b) const {
  kernels::BatchNorm a;
  a.x = b.input(kX);
  a.weight = b.input(kWeight);
  a.bias = b.input(kBias);
  a.running_mean = b.input(kRunningMean);
  a.running_var = b.input(kRunningVar);
  a.batch_statistics = batch_statistics;
  a.moves = batch_statistics && b.buffer[kRunningMean] && b.buffer[kRunningVar];
  a.relu = relu;
  a.eps = eps;
  a.momentum = momentum;
  a.y = b.output(kY);
  a.mean = b.output(kMean);
  a.rstd = b.output(kRstd);
  b.need_scratch(kernels::batch_norm_scratch(a.weight.size()));
  return [a](const StepState& s) mutable {
    a.scratch = s.scratch;
    kernels::batch_norm(a);
  };
}

void BatchNormOp::evaluate(TwinNode& t) const {
  const std::vector<double>&x = t.in[kX]->v, &weight = t.in[kWeight]->v;
  const auto statistics = batch_statistics
                              ? twin::column_statistics(x, weight.size())
                              : twin::ColumnStatistics<double>{t.in[kRunningMean]->v, t.in[kRunningVar]->v};
  t.out[kMean].v = statistics.mean;
  for (size_t j = 0; j < weight.size(); ++j) {
    t.out[kRstd].v[j] = 1 / std::sqrt(statistics.var[j] + static_cast<double>(eps));
  }
  t.out[kY].v = twin::batch_norm(x, statistics, weight, t.in[kBias]->v, static_cast<double>(eps));
  if (!relu) return;
  for (double& y : t.out[kY].v) y = std::max(y, 0.0);
}

}  // namespace ax
