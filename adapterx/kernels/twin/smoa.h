// The definition of a sharing mixture of adapters: kernels/experts/route.h and kernels/experts/experts.h.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace ax::twin {

// p [N] of one sub-token z [d_h]. weight [d_e, d_h], embed [N, d_e] (empty: linear, weight [N, d_h]).
template <class T>
std::vector<T> router_probabilities(const T* z, size_t d_h, const std::vector<T>& weight,
                                    const std::vector<T>& embed, size_t experts, T tau, bool token_norm) {
  const size_t width = weight.size() / d_h;
  std::vector<T> q(width);
  for (size_t j = 0; j < width; ++j) {
    for (size_t c = 0; c < d_h; ++c) q[j] += weight[j * d_h + c] * z[c];
  }
  const auto norm = [](const T* x, size_t n) {
    T sum = 0;
    for (size_t i = 0; i < n; ++i) sum += x[i] * x[i];
    return std::sqrt(sum);
  };
  if (token_norm) {
    const T length = norm(q.data(), width);
    for (T& x : q) x /= length;
  }
  std::vector<T> s = q;
  if (!embed.empty()) {
    s.assign(experts, T(0));
    for (size_t i = 0; i < experts; ++i) {
      const T length = norm(&embed[i * width], width);
      for (size_t j = 0; j < width; ++j) s[i] += q[j] * embed[i * width + j] / length;
    }
  }
  T top = *std::max_element(s.begin(), s.end()), sum = 0;
  for (T& x : s) sum += x = std::exp((x - top) / tau);
  for (T& x : s) x /= sum;
  return s;
}

// The k largest of p, the lowest index first among equals.
template <class T>
std::vector<size_t> chosen_experts(const std::vector<T>& p, size_t k) {
  std::vector<size_t> order(p.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return p[a] > p[b]; });
  order.resize(k);
  return order;
}

// N * sum_i f_i P_i over sub-tokens of probabilities p and their choices.
template <class T>
T balance_loss(const std::vector<std::vector<T>>& p, const std::vector<std::vector<size_t>>& choices) {
  const size_t n = p.front().size(), k = choices.front().size();
  std::vector<T> load(n), importance(n);
  for (size_t m = 0; m < p.size(); ++m) {
    for (const size_t i : choices[m]) load[i] += T(1) / static_cast<T>(p.size() * k);
    for (size_t i = 0; i < n; ++i) importance[i] += p[m][i] / static_cast<T>(p.size());
  }
  T sum = 0;
  for (size_t i = 0; i < n; ++i) sum += load[i] * importance[i];
  return static_cast<T>(n) * sum;
}

// What an expert with a scale multiplies its output for y [d_h] by.
template <class T>
T token_scale(const T* y, size_t d_h, const T* weight, T bias) {
  T s = bias;
  for (size_t c = 0; c < d_h; ++c) s += weight[c] * y[c];
  return s > T(0) ? s : T(0);
}

// out [d_h] += factor * up drop(act(down z)); down [r, d_h], up [d_h, r]; keep(j): what unit j is multiplied
// by.
template <class T, class Act, class Keep>
void add_expert(const T* z, size_t d_h, const T* down, const T* up, size_t rank, T factor, const Act& act,
                const Keep& keep, T* out) {
  for (size_t j = 0; j < rank; ++j) {
    T h = 0;
    for (size_t c = 0; c < d_h; ++c) h += down[j * d_h + c] * z[c];
    h = act(h) * keep(j);
    for (size_t c = 0; c < d_h; ++c) out[c] += factor * up[c * rank + j] * h;
  }
}

}  // namespace ax::twin
