// Scalar twin of kernels/attention/attention.h: the definition, one head at a time.
#pragma once

#include <cmath>
#include <complex>
#include <cstdint>
#include <vector>

namespace ax::twin {

// One head: q [nq, d], k and v [nk, d], row-major. p[i][j] = softmax over j of scale * q_i . k_j.
template <class T>
std::vector<T> attention_probabilities(const std::vector<T>& q, const std::vector<T>& k, int64_t nq,
                                       int64_t nk, int64_t d, T scale, std::vector<T>* lse = nullptr) {
  using std::exp, std::log, std::real;
  std::vector<T> p(nq * nk);
  if (lse != nullptr) lse->assign(nq, T(0));
  for (int64_t i = 0; i < nq; ++i) {
    T* row = &p[i * nk];
    T max = T(0), sum = T(0);
    for (int64_t j = 0; j < nk; ++j) {
      row[j] = T(0);
      for (int64_t c = 0; c < d; ++c) row[j] += scale * q[i * d + c] * k[j * d + c];
      if (j == 0 || real(row[j]) > real(max)) max = row[j];
    }
    for (int64_t j = 0; j < nk; ++j) sum += row[j] = exp(row[j] - max);
    for (int64_t j = 0; j < nk; ++j) row[j] /= sum;
    if (lse != nullptr) (*lse)[i] = max + log(sum);
  }
  return p;
}

// out = p v, [nq, d].
template <class T>
std::vector<T> attention(const std::vector<T>& q, const std::vector<T>& k, const std::vector<T>& v,
                         int64_t nq, int64_t nk, int64_t d, T scale) {
  const std::vector<T> p = attention_probabilities(q, k, nq, nk, d, scale);
  std::vector<T> out(nq * d, T(0));
  for (int64_t i = 0; i < nq; ++i) {
    for (int64_t j = 0; j < nk; ++j) {
      for (int64_t c = 0; c < d; ++c) out[i * d + c] += p[i * nk + j] * v[j * d + c];
    }
  }
  return out;
}

// dv = p^T dout,  dp = dout v^T,  ds = scale * p * (dp - sum over j of p dp),  dq = ds k,  dk = ds^T q.
template <class T>
struct AttentionGradient {
  std::vector<T> dq, dk, dv;
};
template <class T>
AttentionGradient<T> attention_grad(const std::vector<T>& q, const std::vector<T>& k, const std::vector<T>& v,
                                    const std::vector<T>& dout, int64_t nq, int64_t nk, int64_t d, T scale) {
  const std::vector<T> p = attention_probabilities(q, k, nq, nk, d, scale);
  AttentionGradient<T> g{std::vector<T>(nq * d), std::vector<T>(nk * d), std::vector<T>(nk * d)};
  std::vector<T> dp(nk);
  for (int64_t i = 0; i < nq; ++i) {
    T delta = T(0);
    for (int64_t j = 0; j < nk; ++j) {
      dp[j] = T(0);
      for (int64_t c = 0; c < d; ++c) dp[j] += dout[i * d + c] * v[j * d + c];
      delta += p[i * nk + j] * dp[j];
    }
    for (int64_t j = 0; j < nk; ++j) {
      const T ds = scale * p[i * nk + j] * (dp[j] - delta);
      for (int64_t c = 0; c < d; ++c) {
        g.dq[i * d + c] += ds * k[j * d + c];
        g.dk[j * d + c] += ds * q[i * d + c];
        g.dv[j * d + c] += p[i * nk + j] * dout[i * d + c];
      }
    }
  }
  return g;
}

}  // namespace ax::twin
