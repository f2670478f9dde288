// Each token times a number of its own, and the gradient of that.
#pragma once

#include "adapterx/base/tensor.h"

namespace ax::kernels {

// y[t, :] = factor[t] * x[t, :]. x, y: [..., d]; factor: [...] or [..., 1]; f32 or bf16 each. y may be x.
void scale_tokens(const Tensor& x, const Tensor& factor, const Tensor& y);

// dot[t] = <x[t, :], z[t, :]>, summed in f32. x, z: [..., d]; dot: [...] or [..., 1].
void dot_tokens(const Tensor& x, const Tensor& z, const Tensor& dot);

}  // namespace ax::kernels
