// The experts of a sharing mixture of adapters (Adapter-X, arXiv 2406.03051): every sub-token z [d_h], a
// slice of d / heads channels of a token, goes through the bottleneck adapters it was routed to, and through
// no other:
//
//   out_j = scale * stream_scale * sum over slots of gate * s * up_i dropout(act(down_i y)),   i = choice of
//   the slot, y = LayerNorm_i(z_j), or z_j where experts have no norm, s = relu(<scale_weight_i, y> +
//   scale_bias_i), or 1 where experts don't scale their tokens.
//
// gate: the router's p_i, or 1 / top_k where gates are off. Sub-tokens are sorted by expert and run through
// small products in tiles; the heads' results stand side by side, as the heads' inputs do: a reshape. In the
// products scale_weight is one more row of down.
#pragma once

#include "adapterx/base/rng.h"
#include "adapterx/base/tensor.h"
#include "adapterx/kernels/elementwise/activation.h"

namespace ax::kernels {

struct Experts {
  Tensor u;         // [B, T, d], f32 or bf16: the type of the products
  Tensor down, up;  // f32 [N, r, d_h], [N, d_h, r]
  // f32 [N, d_h], [N, d_h], [N, d_h], [N]: the norm's and the scale's, each pair present or absent.
  Tensor norm_weight = {}, norm_bias = {}, scale_weight = {}, scale_bias = {};
  float norm_eps = 1e-5f;
  Tensor probs, choice;  // f32 [B * T * H, N], i32 [B * T * H, k], by route()
  int64_t heads = 1;
  Activation act = Activation::relu;
  float scale = 1;
  Tensor stream_scale = {};  // f32, one number: a further factor, that may change between calls; absent: 1
  bool gate = true;
  float dropout = 0;  // draw r * (k * m + slot) + j is that of hidden unit j of sub-token m
  Rng rng{0, 0, 0};
  // Tokens computed of each sample.
  int64_t token_begin = 0, token_count = 0;
  void* scratch = nullptr;

  float factor() const { return stream_scale ? scale * *stream_scale.f32() : scale; }
};

// out [B, token_count, d], of u's type.
void experts(const Experts& a, const Tensor& out);

// Gradients, from dout [B, token_count, d] and dmean [B, 1, d], the gradient of the mean of out over its
// tokens; either may be absent. Written: du [B, T, d], zero where no token was computed, and the parameters'
// gradients, f32 (each absent: not wanted); dgate f32 [B * T * H, k], the gradient of each gate (absent where
// gates are off).
struct ExpertsGrad {
  Experts forward;
  Tensor dout, dmean;
  Tensor du, ddown, dup, dgate;
  Tensor dnorm_weight = {}, dnorm_bias = {}, dscale_weight = {}, dscale_bias = {};
};
void experts_grad(const ExpertsGrad& a);

// Bytes of Experts::scratch, at the thread count in force when asked.
size_t experts_scratch(const Experts& a);
size_t experts_grad_scratch(const Experts& a);

}  // namespace ax::kernels
