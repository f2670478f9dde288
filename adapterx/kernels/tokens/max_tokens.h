// Maximum over the sequence axis of [B, T, d], as mini-PointNet and max-pooled heads take it.
#pragma once

#include "adapterx/base/tensor.h"

namespace ax::kernels {

// y[b, 0, j] = max over t in [begin, begin + count) of x[b, t, j]; token[b, 0, j]: the t that has it, of
// equals the lowest. NaN counts as larger than any number, as in torch. x, y: of one type, f32 or bf16;
// token: i32, may be absent.
void max_tokens(const Tensor& x, int64_t begin, int64_t count, const Tensor& y, const Tensor& token);

// dx[b, t, j] = dy[b, 0, j] where t = token[b, 0, j], else 0.
void max_tokens_grad(const Tensor& dy, const Tensor& token, const Tensor& dx);

}  // namespace ax::kernels
