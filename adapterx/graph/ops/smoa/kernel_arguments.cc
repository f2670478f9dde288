#include "adapterx/graph/ops/smoa/kernel_arguments.h"

namespace ax {

Tensor smoa_sub_tokens(const Tensor& u, int64_t heads) {
  return {u.data, u.dtype, {u.shape.rows() * heads, u.shape[2] / heads}};
}

kernels::Router smoa_router(const SmoaAttributes& a, const SmoaOperands<Tensor>& in) {
  return {in.router, in.embed, in.log_temperature, a.temperature, a.token_norm};
}

kernels::Experts smoa_experts(const SmoaAttributes& a, const SmoaOperands<Tensor>& in) {
  kernels::Experts e;
  e.u = in.u;
  e.down = in.down;
  e.up = in.up;
  e.norm_weight = in.norm_weight;
  e.norm_bias = in.norm_bias;
  e.norm_eps = a.norm_eps;
  e.scale_weight = in.scale_weight;
  e.scale_bias = in.scale_bias;
  e.heads = a.heads;
  e.act = a.act;
  e.scale = a.scale;
  e.stream_scale = in.stream_scale;
  e.gate = a.gate;
  e.dropout = a.dropout;
  e.token_begin = a.token_begin;
  e.token_count = SmoaDims(a, in.u.shape, in.down.shape).computed;
  e.choice.shape = {in.u.shape[0], in.u.shape[1], a.heads, a.top_k};
  return e;
}

size_t smoa_router_scratch(const SmoaAttributes& a, const SmoaOperands<Tensor>& in) {
  return kernels::route_scratch(in.down.shape[0], in.router.shape[0], in.u.shape[2] / a.heads);
}

}  // namespace ax
