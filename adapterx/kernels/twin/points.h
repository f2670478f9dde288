// Scalar twins of kernels/points/farthest_points.h and nearest_points.h, of one cloud xyz [n, 3]. In f32 they
// give the same indices, which every x86-64 compiler grants whose target has no fused multiply-add.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

namespace ax::twin {

template <class T>
bool is_finite(const T* p) {
  return std::isfinite(p[0]) && std::isfinite(p[1]) && std::isfinite(p[2]);
}

template <class T>
T squared_distance(const T* a, const T* b) {
  const T dx = a[0] - b[0], dy = a[1] - b[1], dz = a[2] - b[2];
  return (dx * dx + dy * dy) + dz * dz;
}

template <class T>
std::vector<int32_t> farthest_points(const T* xyz, size_t n, size_t count) {
  std::vector<T> distance(n);
  for (size_t i = 0; i < n; ++i) {
    distance[i] = is_finite(xyz + 3 * i) ? std::numeric_limits<T>::infinity() : T(0);
  }
  std::vector<int32_t> chosen = {0};
  while (chosen.size() < count) {
    const T* center = xyz + 3 * chosen.back();
    for (size_t i = 0; i < n; ++i) {
      const T d = squared_distance(xyz + 3 * i, center);
      if (d < distance[i]) distance[i] = d;
    }
    const auto farthest = std::max_element(distance.begin(), distance.end());  // the first among equals
    chosen.push_back(static_cast<int32_t>(farthest - distance.begin()));
  }
  return chosen;
}

template <class T>
std::vector<int32_t> nearest_points(const T* xyz, size_t n, const T* center, size_t count) {
  std::vector<T> distance(n, std::numeric_limits<T>::infinity());
  for (size_t i = 0; i < n; ++i) {
    if (is_finite(xyz + 3 * i) && is_finite(center)) distance[i] = squared_distance(xyz + 3 * i, center);
  }
  std::vector<int32_t> order(n);
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int32_t a, int32_t b) {
    return distance[static_cast<size_t>(a)] < distance[static_cast<size_t>(b)];
  });
  order.resize(count);
  return order;
}

}  // namespace ax::twin
