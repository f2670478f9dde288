// Scalar twin of kernels/loss/squared_error.h. T may be complex: the gradient follows by a complex step.
#pragma once

#include <complex>
#include <cstddef>

namespace ax::twin {

template <class T>
T squared_error(const T* predicted, const double* target, size_t size) {
  T sum = 0;
  for (size_t i = 0; i < size; ++i) sum += (predicted[i] - target[i]) * (predicted[i] - target[i]);
  return sum / static_cast<double>(size);
}

}  // namespace ax::twin
