// Updates of trained parameters, one fused pass over contiguous f32 spans.
#pragma once

#include <cstdint>
#include <span>

namespace ax::kernels {

// Decoupled weight decay (Loshchilov and Hutter, arXiv 1711.05101), as torch.optim.AdamW:
//   p -= lr * wd * p;  m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2
//   p -= lr * (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)
// g is grad_scale * grad: the clipping factor.
struct AdamW {
  float lr = 1e-3f, beta1 = 0.9f, beta2 = 0.999f, eps = 1e-8f, weight_decay = 0;
  int64_t step = 1;  // t, from 1
  float grad_scale = 1;
};
void adamw(const AdamW& a, std::span<float> p, std::span<const float> grad, std::span<float> m,
           std::span<float> v);

// Momentum as torch.optim.SGD: g += wd * p;  v = momentum * v + g;  p -= lr * v (nesterov: g + momentum * v).
struct Sgd {
  float lr = 1e-2f, momentum = 0.9f, weight_decay = 0;
  bool nesterov = false;
  float grad_scale = 1;
};
void sgd(const Sgd& a, std::span<float> p, std::span<const float> grad, std::span<float> velocity);

// Sum of squares in double, in a fixed order.
double squared_norm(std::span<const float> x);

}  // namespace ax::kernels
