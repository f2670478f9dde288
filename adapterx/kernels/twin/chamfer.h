// Scalar twin of kernels/points/chamfer.h.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#include "adapterx/kernels/twin/points.h"

namespace ax::twin {

// p: [pairs, np, 3], t: [pairs, nt, 3].
template <class T>
T chamfer(const T* p, size_t np, const T* t, size_t nt, size_t pairs, bool squared) {
  const auto mean_to_nearest = [&](const T* from, size_t nf, const T* to, size_t n) {
    T sum = 0;
    for (size_t i = 0; i < pairs * nf; ++i) {
      T least = std::numeric_limits<T>::infinity();
      for (size_t j = i / nf * n; j < (i / nf + 1) * n; ++j) {
        least = std::min(least, squared_distance(from + 3 * i, to + 3 * j));
      }
      sum += squared ? least : std::sqrt(least);
    }
    return sum / static_cast<T>(pairs * nf);
  };
  const T both = mean_to_nearest(p, np, t, nt) + mean_to_nearest(t, nt, p, np);
  return squared ? both : both / 2;
}

}  // namespace ax::twin
