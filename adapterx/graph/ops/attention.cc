#include "adapterx/graph/ops/attention.h"

#include <algorithm>
#include <cmath>

#include "adapterx/graph/autodiff.h"
#include "adapterx/graph/ops/cast.h"
#include "adapterx/kernels/attention/attention.h"
#include "adapterx/kernels/twin/attention.h"

namespace ax {
namespace {

// Products of [queries, T] by d per sample, over all heads: two (q k^T, p v) forward, four more backward.
double product_flops(const Shape& qkv, int64_t queries) {
  return 2.0 * static_cast<double>(qkv[0] * queries * qkv[1]) * static_cast<double>(qkv[2] / 3);
}

// Operands: qkv, lse, dout.
struct AttentionGradOp : Op {
  explicit AttentionGradOp(const AttentionOp& forward) : forward_(forward) {}

  std::string_view name() const override { return "attention_grad"; }
  std::vector<OutputSpec> infer(const ShapeContext& c) const override {
    return {{c.shape(0), Role::activation}};
  }

  Kernel bind(Binding& b) const override {
    kernels::AttentionGrad a;
    a.qkv = b.input(0);
    a.lse = b.input(1);
    a.dout = b.input(2);
    a.dqkv = b.output(0);
    a.heads = forward_.heads;
    a.scale = forward_.scale;
    a.query_begin = forward_.query_begin;
    a.query_count = forward_.queries(a.qkv.shape);
    b.need_scratch(kernels::attention_grad_scratch(a.qkv.dtype, a.qkv.shape[1], a.query_count,
                                                   a.qkv.shape[2] / 3 / a.heads));
    return [a](const StepState& s) mutable {
      a.scratch = s.scratch;
      kernels::attention_grad(a);
    };
  }

  Cost cost(std::span<const Shape> in) const override {
    return {4 * product_flops(in[0], forward_.queries(in[0]))};
  }

 private:
  AttentionOp forward_;
};

// Part 0, 1, 2 (q, k, v) of one head: rows [begin, begin + count) of sample b, [count, d_h].
std::vector<double> head_rows(const TwinTensor& qkv, int64_t b, int64_t part, int64_t h, int64_t d_h,
                              int64_t begin, int64_t count) {
  const int64_t tokens = qkv.shape[1], width = qkv.shape[2];
  std::vector<double> rows;
  for (int64_t t = begin; t < begin + count; ++t) {
    const auto first = qkv.v.begin() + (b * tokens + t) * width + part * (width / 3) + h * d_h;
    rows.insert(rows.end(), first, first + d_h);
  }
  return rows;
}

}  // namespace

Value attention(Value qkv, int heads, float scale) {
  if (scale == 0 && heads > 0 && qkv.shape().rank() == 3) {
    scale = 1.0f / std::sqrt(static_cast<float>(qkv.shape()[2] / 3 / heads));
  }
  return qkv.graph->append_one(std::make_shared<AttentionOp>(heads, scale), {cast(qkv, Role::activation)});
}

std::vector<OutputSpec> AttentionOp::infer(const ShapeContext& c) const {
  c.expect_rank(0, "qkv", 3);
  const Shape& qkv = c.shape(0);
  if (heads < 1 || qkv[2] % (3 * heads) != 0) {
    c.reject("qkv", fmt::format("a width divisible by 3 * {} heads", heads), to_string(qkv));
  }
  const int64_t count = queries(qkv);
  return {{Shape{qkv[0], count, qkv[2] / 3}, Role::activation}, {Shape{qkv[0], heads, count}, Role::exact}};
}

void AttentionOp::backward(Gradients& g, const Node& node) const {
  const Value qkv = g.input(node, 0);
  g.add(node, 0,
        g.graph().append_one(std::make_shared<AttentionGradOp>(*this), {qkv, g.output(node, 1), g.of(node)}));
}

Kernel AttentionOp::bind(Binding& b) const {
  kernels::Attention a;
  a.qkv = b.input(0);
  a.out = b.output(0);
  a.lse = b.output(1);
  a.heads = heads;
  a.scale = scale;
  a.query_begin = query_begin;
  a.query_count = queries(a.qkv.shape);
  b.need_scratch(
      kernels::attention_scratch(a.qkv.dtype, a.qkv.shape[1], a.query_count, a.qkv.shape[2] / 3 / heads));
  return [a](const StepState& s) mutable {
    a.scratch = s.scratch;
    kernels::attention(a);
  };
}

std::shared_ptr<const Op> AttentionOp::narrowed(int64_t begin, int64_t count, int64_t) const {
  auto op = std::make_shared<AttentionOp>(*this);
  op->query_begin += begin;
  op->query_count = count;
  return op;
}

void AttentionOp::evaluate(TwinNode& t) const {
  const TwinTensor& qkv = *t.in[0];
  const int64_t tokens = qkv.shape[1], d = qkv.shape[2] / 3, d_h = d / heads, count = queries(qkv.shape);
  for (int64_t b = 0; b < qkv.shape[0]; ++b) {
    for (int64_t h = 0; h < heads; ++h) {
      const std::vector<double> out = twin::attention(
          head_rows(qkv, b, 0, h, d_h, query_begin, count), head_rows(qkv, b, 1, h, d_h, 0, tokens),
          head_rows(qkv, b, 2, h, d_h, 0, tokens), count, tokens, d_h, static_cast<double>(scale));
      for (int64_t i = 0; i < count; ++i) {
        std::copy_n(out.begin() + i * d_h, d_h, t.out[0].v.begin() + (b * count + i) * d + h * d_h);
      }
    }
  }
}

Cost AttentionOp::cost(std::span<const Shape> in) const { return {2 * product_flops(in[0], queries(in[0]))}; }

}  // namespace ax
