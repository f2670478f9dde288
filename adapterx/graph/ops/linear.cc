#include "adapterx/graph/ops/linear.h"

#include <cstring>

#include "adapterx/base/buffer.h"
#include "adapterx/base/error.h"
#include "adapterx/graph/autodiff.h"
#include "adapterx/graph/frozen_weights.h"
#include "adapterx/graph/ops/cast.h"
#include "adapterx/graph/ops/linear_weight_grad.h"
#include "adapterx/graph/ops/reduce.h"
#include "adapterx/kernels/elementwise/elementwise.h"
#include "adapterx/kernels/matrix/gemm.h"

namespace ax {
namespace {

constexpr size_t kX = 0, kWeight = 1, kBias = 2, kResidual = 3;

int64_t rest(const Shape& weight) { return weight[0] == 0 ? 0 : weight.size() / weight[0]; }

}  // namespace

Value linear(Value x, Value weight, Value bias, Role out) {
  auto op = std::make_shared<LinearOp>();
  op->out = out;
  return x.graph->append_one(std::move(op),
                             {cast(x, Role::activation), cast(weight, Role::exact), cast(bias, Role::exact)});
}

std::vector<OutputSpec> LinearOp::infer(const ShapeContext& c) const {
  const Shape& x = c.shape(kX);
  const Shape& w = c.shape(kWeight);
  if (x.rank() < 1) c.reject("x", "rank 1 or more", to_string(x));
  if (w.rank() < 2) c.reject("weight", "rank 2 or more", to_string(w));
  const int64_t in = transposed ? w[0] : rest(w);
  const int64_t n = transposed ? rest(w) : w[0];
  if (in != x.dim(-1)) {
    c.reject("weight", transposed ? to_string(Shape{x.dim(-1), n}) : to_string(Shape{n, x.dim(-1)}),
             to_string(w));
  }
  if (c.present(kBias)) c.expect_shape(kBias, "bias", {n});
  const Shape y = x.with(-1, n);
  if (!c.present(kResidual)) return {{y, out}};
  c.expect_shape(kResidual, "residual", y);
  return {{y, c.role(kResidual)}};
}

void LinearOp::backward(Gradients& g, const Node& node) const {
  const Value dy = cast(g.of(node), Role::activation);
  const Value x = g.input(node, kX), weight = g.input(node, kWeight);
  if (g.wants(node, kX)) {
    auto input_grad = std::make_shared<LinearOp>();
    input_grad->transposed = true;
    input_grad->out = x.role();
    g.add(node, kX, g.graph().append_one(std::move(input_grad), {dy, weight}));
  }
  g.sink(node, kWeight, linear_weight_grad_op(weight.shape()), {dy, x});
  g.sink(node, kBias, column_sum_op(Shape{dy.shape().dim(-1)}), {dy});
}

Kernel LinearOp::bind(Binding& b) const {
  const Tensor x = b.input(kX), weight = b.input(kWeight), bias = b.input(kBias),
               residual = b.input(kResidual);
  const Tensor y = b.output(0);
  kernels::GemmShape shape{x.shape.rows(), y.shape.dim(-1), x.shape.dim(-1), !transposed, x.dtype, y.dtype};
  const bool accumulate = static_cast<bool>(residual);
  auto gemm = std::make_shared<kernels::Gemm>(
      shape, kernels::GemmEpilogue{static_cast<bool>(bias), act, scale, accumulate});
  b.need_scratch(gemm->scratch_bytes());

  // Frozen weights are packed here, once; a trained weight changes at every step and is packed before each
  // use.
  const auto repacked = std::make_shared<Buffer>();
  const void* packed = nullptr;
  if (b.frozen_parameter[kWeight] != nullptr) {
    packed = b.frozen->packed(*b.frozen_parameter[kWeight], *gemm);
  } else {
    *repacked = Buffer(gemm->packed_bytes());
    packed = repacked->data();
  }
  return [=](const StepState& s) {
    if (repacked->size() > 0) gemm->pack(weight.f32(), repacked->data(), s.scratch);
    if (accumulate && residual.data != y.data) kernels::scale(residual, 1, y);
    gemm->run(x.data, packed, bias.f32(), y.data, s.scratch);
  };
}

Cost LinearOp::cost(std::span<const Shape> in) const {
  return {2.0 * static_cast<double>(in[kX].rows()) * static_cast<double>(in[kWeight].size())};
}

void LinearOp::evaluate(TwinNode& t) const {
  const TwinTensor &x = *t.in[kX], &w = *t.in[kWeight];
  const int64_t k = x.shape.dim(-1), n = t.out[0].shape.dim(-1);
  for (int64_t r = 0; r < x.shape.rows(); ++r) {
    for (int64_t j = 0; j < n; ++j) {
      double sum = t.in[kBias] ? t.in[kBias]->v[static_cast<size_t>(j)] : 0;
      for (int64_t i = 0; i < k; ++i)
        sum += x.v[static_cast<size_t>(r * k + i)] * w.v[static_cast<size_t>(j * k + i)];
      t.out[0].v[static_cast<size_t>(r * n + j)] = sum;
    }
  }
}

}  // namespace ax
