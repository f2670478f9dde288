// Element-wise arithmetic with broadcasting over leading axes, casts and reductions. Tensors are f32 or
// bf16 each, arithmetic is f32. Outputs may be any input of equal size and type.
#pragma once

#include "adapterx/base/tensor.h"

namespace ax::kernels {

// y = a + alpha * b. b's size divides a's; b repeats every b.size() elements (bias, position embedding).
void add(const Tensor& a, const Tensor& b, float alpha, const Tensor& y);

// y = a * b, b repeating as in add.
void multiply(const Tensor& a, const Tensor& b, const Tensor& y);

// y = alpha * x, converted to y's type. alpha = 1 is the cast.
void scale(const Tensor& x, float alpha, const Tensor& y);

// y[b, ...] = factor[b] * x[b, ...], factor f32 [B]: a sample's rows times its factor (drop path).
void scale_samples(const Tensor& x, const Tensor& factor, const Tensor& y);

// sum[j] += sum over i of x[i * n + j], n = sum.size(), f32: the gradient of a broadcast operand.
// scratch: column_sum_scratch(n) bytes.
void column_sum(const Tensor& x, const Tensor& sum, void* scratch);
// sum[j] += sum over i of x[i * n + j] * z[i * n + j].
void column_dot(const Tensor& x, const Tensor& z, const Tensor& sum, void* scratch);
size_t column_sum_scratch(int64_t n);

}  // namespace ax::kernels
