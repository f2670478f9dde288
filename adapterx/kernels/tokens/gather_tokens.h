// Picking tokens of [B, T, d] by index.
#pragma once

#include "adapterx/base/tensor.h"

namespace ax::kernels {

// y[b, m] = x[b, index[b, m]]. index: i32 [B, M], within [0, T), may repeat; types of x and y may differ. An
// x of one sample, [1, T, d], is that of every sample.
void gather_tokens(const Tensor& x, const Tensor& index, const Tensor& y);

// dx[b, t] = sum over m with index[b, m] = t of dy[b, m], summed in f32; of one sample, [1, T, d], the sum
// over b, too. Scratch: bytes as asked, at the thread count in force then; `picked` are those of one sample
// of dx.
void gather_tokens_grad(const Tensor& dy, const Tensor& index, const Tensor& dx, void* scratch);
size_t gather_tokens_grad_scratch(int64_t tokens, int64_t picked);

}  // namespace ax::kernels
