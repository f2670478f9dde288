// Mean squared error of two tensors, over all their elements.
#pragma once

#include "adapterx/base/tensor.h"

namespace ax::kernels {

// loss = mean of (predicted - target)^2. predicted, target: f32, of one size; loss: f32, one number.
// Differences are squared in f32 and summed in blocks, which are summed in double: the same bits at any
// thread count. scratch: squared_error_scratch(size) bytes.
void squared_error(const Tensor& predicted, const Tensor& target, const Tensor& loss, void* scratch);
size_t squared_error_scratch(int64_t size);

// dpredicted = dloss * 2 (predicted - target) / size. dloss: f32, one number. dpredicted may be either
// operand.
void squared_error_grad(const Tensor& predicted, const Tensor& target, const Tensor& dloss,
                        const Tensor& dpredicted);

}  // namespace ax::kernels
