#include "adapterx/graph/ops/smoa/smoa_grad_op.h"

#include <algorithm>
#include <cstring>

#include "adapterx/graph/ops/smoa/kernel_arguments.h"
#include "adapterx/graph/ops/smoa/operands.h"
#include "adapterx/kernels/scratch_layout.h"

namespace ax {
namespace {

kernels::RouteGrad route_grad_of(const SmoaAttributes& a, const SmoaGradOperands<Tensor>& in,
                                 const SmoaOperands<Tensor>& gradient) {
  kernels::RouteGrad r;
  r.router = smoa_router(a, in.forward);
  r.z = smoa_sub_tokens(in.forward.u, a.heads);
  r.top_k = a.top_k;
  r.probs = in.probs;
  r.choice = in.choice;
  r.load = in.load;
  r.dbalance = in.dbalance;
  if (gradient.u) r.dz = smoa_sub_tokens(gradient.u, a.heads);
  r.dweight = gradient.router;
  r.dembed = gradient.embed;
  r.dlog_temperature = gradient.log_temperature;
  return r;
}

kernels::ExpertsGrad experts_grad_of(const SmoaAttributes& a, const SmoaGradOperands<Tensor>& in,
                                     const SmoaOperands<Tensor>& gradient) {
  kernels::ExpertsGrad e;
  e.forward = smoa_experts(a, in.forward);
  e.forward.probs = in.probs;
  e.forward.choice = in.choice;
  e.dout = in.da;
  e.dmean = in.dmean;
  e.du = gradient.u;
  e.ddown = gradient.down;
  e.dup = gradient.up;
  e.dnorm_weight = gradient.norm_weight;
  e.dnorm_bias = gradient.norm_bias;
  e.dscale_weight = gradient.scale_weight;
  e.dscale_bias = gradient.scale_bias;
  return e;
}

// The experts' gradients where only the balance loss is differentiated.
void zero(const kernels::ExpertsGrad& e) {
  for (const Tensor& t :
       {e.du, e.ddown, e.dup, e.dnorm_weight, e.dnorm_bias, e.dscale_weight, e.dscale_bias}) {
    if (t) std::memset(t.data, 0, t.bytes());
  }
}

}  // namespace

std::vector<OutputSpec> SmoaGradOp::infer(const ShapeContext& c) const {
  std::vector<OutputSpec> out;
  for (size_t i = 0; i < SmoaOperands<OutputSpec>::kCount; ++i) {
    out.push_back({c.present(i) ? c.shape(i) : Shape{1}, Role::exact});
  }
  out[kSmoaOperand.u].role = Role::activation;
  return out;
}

Kernel SmoaGradOp::bind(Binding& b) const {
  const auto in = SmoaGradOperands<Tensor>::of(b.in);
  const auto gradient = SmoaOperands<Tensor>::of(b.out);
  kernels::RouteGrad r = route_grad_of(a, in, gradient);
  kernels::ExpertsGrad e = experts_grad_of(a, in, gradient);

  kernels::ScratchLayout layout;
  layout.add(std::max(smoa_router_scratch(a, in.forward), kernels::experts_grad_scratch(e.forward)));
  const size_t gate_offset = layout.add(a.gate ? in.choice.bytes() : 0);
  b.need_scratch(layout.size());
  return [=, gate = a.gate, place = a.place](const StepState& s) mutable {
    const bool reached = e.dout || e.dmean;
    if (gate && reached)
      r.dgate = e.dgate = {kernels::at(s.scratch, gate_offset), DType::f32, r.choice.shape};
    e.forward.rng = Rng(s.seed, s.step, place);
    e.forward.scratch = r.scratch = s.scratch;
    if (reached) kernels::experts_grad(e);
    if (!reached) zero(e);
    kernels::route_grad(r);
  };
}

Cost SmoaGradOp::cost(std::span<const Shape> in) const {
  const SmoaDims d(a, in[kSmoaOperand.u], in[kSmoaOperand.down]);
  return {2 * (d.expert_flops(a) + d.router_flops(in[kSmoaOperand.router]))};
}

}  // namespace ax
