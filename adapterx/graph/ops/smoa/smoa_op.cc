#include "adapterx/graph/ops/smoa/smoa_op.h"

#include <algorithm>
#include <memory>

#include "adapterx/graph/autodiff.h"
#include "adapterx/graph/ops/cast.h"
#include "adapterx/graph/ops/smoa/kernel_arguments.h"
#include "adapterx/graph/ops/smoa/operands.h"
#include "adapterx/graph/ops/smoa/smoa_grad_op.h"
#include "adapterx/kernels/scratch_layout.h"
#include "adapterx/kernels/tokens/tokens.h"

namespace ax {
namespace {

constexpr const auto& kAt = kSmoaOperand;

// Operands i and i + 1: both or neither.
void expect_pair(const ShapeContext& c, size_t i, std::string_view first, const Shape& first_shape,
                 std::string_view second, const Shape& second_shape) {
  if (!c.present(i) && !c.present(i + 1)) return;
  if (!c.present(i)) c.reject(first, to_string(first_shape), "none");
  if (!c.present(i + 1)) c.reject(second, to_string(second_shape), "none");
  c.expect_shape(i, first, first_shape);
  c.expect_shape(i + 1, second, second_shape);
}

// An output where somebody reads it, else room in scratch.
class OutputPlace {
 public:
  OutputPlace(const Tensor& output, Tensor otherwise, kernels::ScratchLayout& layout)
      : tensor_(output ? output : otherwise), offset_(output ? 0 : layout.add(otherwise.bytes())) {}
  Tensor in(void* scratch) const {
    Tensor t = tensor_;
    if (t.data == nullptr) t.data = kernels::at(scratch, offset_);
    return t;
  }

 private:
  Tensor tensor_;
  size_t offset_;
};

}  // namespace

std::vector<OutputSpec> SmoaOp::infer(const ShapeContext& c) const {
  c.expect_rank(kAt.u, "u", 3);
  c.expect_rank(kAt.down, "down", 3);
  const Shape &u = c.shape(kAt.u), &down = c.shape(kAt.down);
  if (a.heads < 1 || u[2] % a.heads != 0) {
    c.reject("u", fmt::format("a width divisible by {} heads", a.heads), to_string(u));
  }
  const int64_t d_h = u[2] / a.heads, n = down[0], r = down[1];
  c.expect_shape(kAt.down, "down", {n, r, d_h});
  c.expect_shape(kAt.up, "up", {n, d_h, r});
  c.expect_rank(kAt.router, "router", 2);
  const int64_t width = c.present(kAt.embed) ? c.shape(kAt.router)[0] : n;
  c.expect_shape(kAt.router, "router", {width, d_h});
  if (c.present(kAt.embed)) c.expect_shape(kAt.embed, "embed", {n, width});
  if (c.present(kAt.log_temperature)) c.expect_shape(kAt.log_temperature, "log_temperature", {1});
  if (c.present(kAt.stream_scale)) c.expect_shape(kAt.stream_scale, "stream_scale", {1});
  expect_pair(c, kAt.norm_weight, "norm_weight", {n, d_h}, "norm_bias", {n, d_h});
  expect_pair(c, kAt.scale_weight, "scale_weight", {n, d_h}, "scale_bias", {n});
  if (a.top_k < 1 || a.top_k > n) {
    c.reject("top_k", fmt::format("1 to {}", n), fmt::format("{}", a.top_k));
  }
  if (!(a.temperature > 0)) c.reject("temperature", "above 0", fmt::format("{}", a.temperature));
  if (!(a.dropout >= 0 && a.dropout < 1)) {
    c.reject("dropout", "a number in [0, 1)", fmt::format("{}", a.dropout));
  }
  const SmoaDims d(a, u, down);
  return SmoaResults<OutputSpec>{.a = {u.with(1, d.computed), Role::activation},
                                 .mean = {u.with(1, 1), Role::activation},
                                 .balance = {Shape{}, Role::exact},
                                 .choice = {Shape{d.batch, d.tokens, a.heads, a.top_k}, Role::index},
                                 .load = {Shape{n}, Role::exact},
                                 .probs = {Shape{d.sub_tokens, n}, Role::exact}}
      .list();
}

void SmoaOp::backward(Gradients& g, const Node& node) const {
  constexpr size_t kCount = SmoaOperands<Value>::kCount;
  std::vector<Value> operands;
  for (size_t i = 0; i < kCount; ++i) operands.push_back(g.input(node, i));
  const SmoaGradOperands<Value> in{.forward = SmoaOperands<Value>::of(operands),
                                   .probs = g.output(node, kSmoaResult.probs),
                                   .choice = g.output(node, kSmoaResult.choice),
                                   .load = g.output(node, kSmoaResult.load),
                                   .da = cast(g.of(node, kSmoaResult.a), Role::activation),
                                   .dmean = cast(g.of(node, kSmoaResult.mean), Role::activation),
                                   .dbalance = g.of(node, kSmoaResult.balance)};
  const std::vector<Value> gradients = g.graph().append(std::make_shared<SmoaGradOp>(a), in.list());
  for (size_t i = 0; i < kCount; ++i) g.add(node, i, gradients[i]);
}

Kernel SmoaOp::bind(Binding& b) const {
  const auto in = SmoaOperands<Tensor>::of(b.in);
  const auto out = SmoaResults<Tensor>::of(b.out);
  kernels::Route r;
  r.router = smoa_router(a, in);
  r.z = smoa_sub_tokens(in.u, a.heads);
  r.top_k = a.top_k;
  kernels::Experts e = smoa_experts(a, in);
  const int64_t m = r.z.shape[0], n = e.down.shape[0];

  kernels::ScratchLayout layout;
  layout.add(std::max(smoa_router_scratch(a, in), kernels::experts_scratch(e)));
  const auto place = [&](const Tensor& output, DType dtype, const Shape& shape) {
    return OutputPlace(output, {nullptr, dtype, shape}, layout);
  };
  const OutputPlace result = place(out.a, e.u.dtype, e.u.shape.with(1, e.token_count));
  const OutputPlace probs = place(out.probs, DType::f32, {m, n});
  const OutputPlace choice = place(out.choice, DType::i32, e.choice.shape);
  const OutputPlace load = place(out.load, DType::f32, {n});
  const OutputPlace balance = place(out.balance, DType::f32, {});
  b.need_scratch(layout.size());
  return [=, place = a.place, mean = out.mean](const StepState& s) mutable {
    r.probs = e.probs = probs.in(s.scratch);
    r.choice = e.choice = choice.in(s.scratch);
    r.load = load.in(s.scratch);
    r.balance = balance.in(s.scratch);
    r.scratch = e.scratch = s.scratch;
    kernels::route(r);
    e.rng = Rng(s.seed, s.step, place);
    kernels::experts(e, result.in(s.scratch));
    if (mean) kernels::mean_tokens(result.in(s.scratch), 0, e.token_count, mean);
  };
}

std::shared_ptr<const Op> SmoaOp::narrowed(int64_t begin, int64_t count, int64_t) const {
  SmoaAttributes part = a;
  part.token_begin += begin;
  part.token_count = count;
  return std::make_shared<SmoaOp>(part);
}

bool SmoaOp::narrowing_keeps_output(size_t i) const { return i != kSmoaResult.mean; }

Cost SmoaOp::cost(std::span<const Shape> in) const {
  const SmoaDims d(a, in[kAt.u], in[kAt.down]);
  return {d.expert_flops(a) + d.router_flops(in[kAt.router])};
}

}  // namespace ax
