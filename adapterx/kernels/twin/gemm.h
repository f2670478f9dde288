// Definition of the linear layer's product, row-major: y[m, n] = x[m, k] op(w) + bias, and of its weight
// gradient.
#pragma once

#include <cstdint>

namespace ax::twin {

// w is [n, k] where transpose_weight, else [k, n]. bias [n] may be null.
template <class T>
void gemm(int64_t m, int64_t n, int64_t k, bool transpose_weight, const T* x, const T* w, const T* bias,
          T* y) {
  for (int64_t i = 0; i < m; ++i) {
    for (int64_t j = 0; j < n; ++j) {
      T sum = bias == nullptr ? T(0) : bias[j];
      for (int64_t l = 0; l < k; ++l) sum += x[i * k + l] * (transpose_weight ? w[j * k + l] : w[l * n + j]);
      y[i * n + j] = sum;
    }
  }
}

// dw[n, k] += dy[m, n]^T x[m, k]
template <class T>
void weight_grad_gemm(int64_t m, int64_t n, int64_t k, const T* dy, const T* x, T* dw) {
  for (int64_t i = 0; i < m; ++i) {
    for (int64_t j = 0; j < n; ++j) {
      for (int64_t l = 0; l < k; ++l) dw[j * k + l] += dy[i * n + j] * x[i * k + l];
    }
  }
}

}  // namespace ax::twin
