// Activation functions, element by element.
#pragma once

#include <string_view>

#include "adapterx/base/tensor.h"

namespace ax {

// gelu_erf is x * Phi(x); gelu_tanh its tanh approximation (Hendrycks and Gimpel, arXiv 1606.08415);
// quick_gelu is x * sigmoid(1.702 x), as CLIP uses.
enum class Activation { none, relu, gelu_erf, gelu_tanh, quick_gelu };

std::string_view to_string(Activation a);
// "none", "relu", "gelu_erf" (or "gelu"), "gelu_tanh", "quick_gelu"; Error with the nearest name otherwise.
Activation parse_activation(std::string_view name);

namespace kernels {

// y = act(x). x, y of equal size, f32 or bf16 each; y may be x.
void activate(Activation act, const Tensor& x, const Tensor& y);

// dx = act'(x) * dy, with x the input of the activation. dx may be dy.
void activate_grad(Activation act, const Tensor& x, const Tensor& dy, const Tensor& dx);

}  // namespace kernels
}  // namespace ax
