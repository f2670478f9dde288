// Scalar twin of kernels/loss/cross_entropy.h. T may be complex: the gradient follows by a complex step.
#pragma once

#include <cmath>
#include <complex>
#include <cstddef>
#include <vector>

namespace ax::twin {

// Mean over rows of -sum over heads and their classes c of ((1 - smoothing) * target_c + smoothing * w / C) *
// log softmax(x)_c, C the head's classes, w the sum of its targets. x, target: [batch, classes of all heads].
template <class T>
T cross_entropy(const T* x, const double* target, const std::vector<size_t>& heads, double smoothing,
                size_t batch) {
  T loss = 0;
  for (size_t b = 0; b < batch; ++b) {
    for (const size_t classes : heads) {
      T sum = 0;
      double w = 0;
      for (size_t c = 0; c < classes; ++c) sum += std::exp(x[c]);
      for (size_t c = 0; c < classes; ++c) w += target[c];
      for (size_t c = 0; c < classes; ++c) {
        const double p = (1 - smoothing) * target[c] + smoothing * w / static_cast<double>(classes);
        loss += p * (std::log(sum) - x[c]) / static_cast<double>(batch);
      }
      x += classes;
      target += classes;
    }
  }
  return loss;
}

}  // namespace ax::twin
