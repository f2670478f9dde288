// Scalar twin of kernels/norms/layer_norm.h. T may be complex: the forward is analytic, so its gradient
// follows by a complex step.
#pragma once

#include <cmath>
#include <complex>
#include <cstddef>

namespace ax::twin {

// One row of d elements: xhat = (x - mean) / sqrt(var + eps). Returns rstd.
template <class T>
T normalise(size_t d, const T* x, double eps, T* xhat) {
  T mean = 0, var = 0;
  for (size_t i = 0; i < d; ++i) mean += x[i] / static_cast<double>(d);
  for (size_t i = 0; i < d; ++i) var += (x[i] - mean) * (x[i] - mean) / static_cast<double>(d);
  const T rstd = 1.0 / std::sqrt(var + eps);
  for (size_t i = 0; i < d; ++i) xhat[i] = (x[i] - mean) * rstd;
  return rstd;
}

}  // namespace ax::twin
