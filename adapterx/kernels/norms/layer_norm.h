// Layer normalisation over the innermost axis (Ba et al., arXiv 1607.06450), fused with the residual add
// that precedes it in a pre-norm transformer.
#pragma once

#include "adapterx/base/tensor.h"

namespace ax::kernels {

// sum  = x + row_scale[b] * branch   (branch absent: sum = x)
// xhat = (sum - mean) * rstd,  rstd = 1 / sqrt(var + eps)   (biased variance; statistics in f32)
// y    = xhat * weight + bias
// x, branch, sum, xhat, y: [..., d], f32 or bf16 each; weight, bias: f32 [d]; rstd: f32 [rows].
// row_scale: f32 [B], factor of the rows of sample b (drop path); each sample has rows / B rows.
// Any of branch, row_scale, weight, bias and the outputs sum, xhat, rstd, y may be absent (null).
// y may be x. Where `sum` is written with less precision than f32, the norm is of the rounded sum, as any
// later reader of it sees.
struct LayerNorm {
  Tensor x = {}, branch = {}, row_scale = {};
  Tensor weight = {}, bias = {};
  float eps = 1e-6f;
  Tensor sum = {}, xhat = {}, rstd = {}, y = {};
};
void layer_norm(const LayerNorm& a);

// dx = rstd * (g - mean(g) - xhat * mean(g * xhat)) + carry,   g = dy * weight  (weight absent: g = dy)
// carry (absent: 0) is the gradient that reaches the norm's input by the residual path.
// branch (optional) = row_scale[b] * dx, rounded to its type: the gradient of the branch added before the
// norm. dx may be carry or dy; either output may be absent.
// dy, xhat, carry, dx, branch: [..., d]; rstd: f32 [rows].
struct LayerNormGrad {
  Tensor dy = {}, xhat = {}, rstd = {}, weight = {}, carry = {}, row_scale = {};
  Tensor dx = {}, branch = {};
};
void layer_norm_grad(const LayerNormGrad& a);

}  // namespace ax::kernels
