// Scalar twin of kernels/norms/batch_norm.h. T may be complex: the forward is analytic, so its gradient
// follows by a complex step.
#pragma once

#include <cmath>
#include <complex>
#include <cstddef>
#include <vector>

namespace ax::twin {

template <class T>
struct ColumnStatistics {
  std::vector<T> mean, var;  // biased
};

// Of x [rows, columns].
template <class T>
ColumnStatistics<T> column_statistics(const std::vector<T>& x, size_t columns) {
  const auto rows = static_cast<double>(x.size() / columns);
  ColumnStatistics<T> s{std::vector<T>(columns), std::vector<T>(columns)};
  for (size_t i = 0; i < x.size(); ++i) s.mean[i % columns] += x[i] / rows;
  for (size_t i = 0; i < x.size(); ++i) {
    const T deviation = x[i] - s.mean[i % columns];
    s.var[i % columns] += deviation * deviation / rows;
  }
  return s;
}

template <class T, class P>
std::vector<T> batch_norm(const std::vector<T>& x, const ColumnStatistics<T>& s, const std::vector<P>& weight,
                          const std::vector<P>& bias, double eps) {
  std::vector<T> y(x.size());
  for (size_t i = 0; i < x.size(); ++i) {
    const size_t j = i % weight.size();
    y[i] = (x[i] - s.mean[j]) / std::sqrt(s.var[j] + eps) * weight[j] + bias[j];
  }
  return y;
}

}  // namespace ax::twin
