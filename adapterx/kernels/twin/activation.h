// Scalar twin of kernels/elementwise/activation.h.
#pragma once

#include <cmath>
#include <numbers>

#include "adapterx/kernels/elementwise/activation.h"

namespace ax::twin {

template <class T>
T activate(Activation act, T x) {
  switch (act) {
    case Activation::none:
      return x;
    case Activation::relu:
      return x > T(0) ? x : T(0);
    case Activation::gelu_erf:
      return T(0.5) * x * std::erfc(-x / std::numbers::sqrt2_v<T>);
    case Activation::gelu_tanh: {
      const T u = std::sqrt(T(2) / std::numbers::pi_v<T>) * (x + T(0.044715) * x * x * x);
      return T(0.5) * x * (T(1) + std::tanh(u));
    }
    case Activation::quick_gelu:
      return x / (T(1) + std::exp(T(-1.702) * x));
  }
  return x;
}

}  // namespace ax::twin
