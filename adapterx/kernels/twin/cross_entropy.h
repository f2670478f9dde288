// Scalar twin of kernels/cross_entropy.h. T may be complex: the gradient follows by a complex step.
#pragma once

#include <cmath>
#include <complex>
#include <cstddef>

namespace ax::twin {

// Mean over rows of -sum_c ((1 - smoothing) * target_c + smoothing / C) * log softmax(x)_c.
// x, target: [batch, classes].
template <class T>
T cross_entropy(const T* x, const double* target, double smoothing, size_t batch, size_t classes) {
  T loss = 0;
  for (size_t b = 0; b < batch; ++b) {
    T sum = 0;
    for (size_t c = 0; c < classes; ++c) sum += std::exp(x[b * classes + c]);
    for (size_t c = 0; c < classes; ++c) {
      const double p = (1 - smoothing) * target[b * classes + c] + smoothing / static_cast<double>(classes);
      loss += p * (std::log(sum) - x[b * classes + c]) / static_cast<double>(batch);
    }
  }
  return loss;
}

}  // namespace ax::twin
