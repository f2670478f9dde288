// Scalar twins of kernels/elementwise/elementwise.h.
#pragma once

#include <cstddef>
#include <vector>

namespace ax::twin {

template <class T>
std::vector<T> add(const std::vector<T>& a, const std::vector<T>& b, T alpha) {
  std::vector<T> y(a.size());
  for (size_t i = 0; i < a.size(); ++i) y[i] = a[i] + alpha * b[i % b.size()];
  return y;
}

template <class T>
std::vector<T> multiply(const std::vector<T>& a, const std::vector<T>& b) {
  std::vector<T> y(a.size());
  for (size_t i = 0; i < a.size(); ++i) y[i] = a[i] * b[i % b.size()];
  return y;
}

template <class T>
std::vector<T> scale_samples(const std::vector<T>& x, const std::vector<T>& factor) {
  std::vector<T> y(x.size());
  for (size_t i = 0; i < x.size(); ++i) y[i] = factor[i / (x.size() / factor.size())] * x[i];
  return y;
}

template <class T>
std::vector<T> column_dot(const std::vector<T>& x, const std::vector<T>& z, size_t n) {
  std::vector<T> sum(n);
  for (size_t i = 0; i < x.size(); ++i) sum[i % n] += x[i] * z[i];
  return sum;
}

// <x, z> of each of `rows` rows.
template <class T>
std::vector<T> dot_rows(const std::vector<T>& x, const std::vector<T>& z, size_t rows) {
  std::vector<T> sum(rows);
  for (size_t i = 0; i < x.size(); ++i) sum[i / (x.size() / rows)] += x[i] * z[i];
  return sum;
}

}  // namespace ax::twin
