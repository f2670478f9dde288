// Definitions of the parameter updates, for one parameter.
#pragma once

#include <cmath>
#include <cstdint>

namespace ax::twin {

// AdamW (arXiv 1711.05101), step t from 1.
template <class T>
void adamw(T lr, T beta1, T beta2, T eps, T weight_decay, int64_t t, T g, T& p, T& m, T& v) {
  using std::pow, std::sqrt;
  p -= lr * weight_decay * p;
  m = beta1 * m + (T(1) - beta1) * g;
  v = beta2 * v + (T(1) - beta2) * g * g;
  const T m_hat = m / (T(1) - pow(beta1, T(t)));
  const T v_hat = v / (T(1) - pow(beta2, T(t)));
  p -= lr * m_hat / (sqrt(v_hat) + eps);
}

// SGD with momentum, as torch.optim.SGD without dampening.
template <class T>
void sgd(T lr, T momentum, T weight_decay, bool nesterov, T g, T& p, T& velocity) {
  g += weight_decay * p;
  velocity = momentum * velocity + g;
  p -= lr * (nesterov ? g + momentum * velocity : velocity);
}

}  // namespace ax::twin
