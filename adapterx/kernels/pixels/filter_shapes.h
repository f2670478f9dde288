// The shapes of the filters of resampling, which resample_filter.h and point_filter.h lay over an axis.
#pragma once

#include <algorithm>
#include <cmath>

namespace ax::kernels {

inline double triangle(double x) { return std::max(0.0, 1.0 - std::abs(x)); }

// Keys' cubic convolution (IEEE Transactions on ASSP 29(6), 1981): slope `a` at |x| = 1, zero from |x| = 2.
inline double keys_cubic(double x, double a) {
  x = std::abs(x);
  if (x < 1.0) return ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0;
  if (x < 2.0) return (((x - 5.0) * x + 8.0) * x - 4.0) * a;
  return 0.0;
}

}  // namespace ax::kernels
