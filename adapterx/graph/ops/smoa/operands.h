// Operands and results of the op smoa by name. A node lists them in the order of the members; T is what
// stands for each of them: a Value while the graph is built, a Tensor when it is bound, a TwinTensor in the
// scalar definition. What they are and their shapes: graph/ops/smoa.h.
#pragma once

#include <span>
#include <vector>

namespace ax {

template <class T>
struct SmoaOperands {
  T u, router, embed, log_temperature, down, up, norm_weight, norm_bias, scale_weight, scale_bias;
  T stream_scale;

  static constexpr size_t kCount = 11;
  // The first eleven of a list.
  static SmoaOperands of(std::span<const T> v) {
    return {v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9], v[10]};
  }
  std::vector<T> list() const {
    return {u,           router,    embed,        log_temperature, down,        up,
            norm_weight, norm_bias, scale_weight, scale_bias,      stream_scale};
  }
};

template <class T>
struct SmoaResults {
  T a, mean, balance, choice, load;
  T probs;  // [B * T * heads, N]: the router's probabilities, which the backward reads

  static SmoaResults of(std::span<const T> v) { return {v[0], v[1], v[2], v[3], v[4], v[5]}; }
  std::vector<T> list() const { return {a, mean, balance, choice, load, probs}; }
};

// Operands of the backward. Its results are the gradients of the SmoaOperands.
template <class T>
struct SmoaGradOperands {
  SmoaOperands<T> forward;
  T probs, choice, load;  // as the forward wrote them
  T da, dmean, dbalance;  // each absent where nobody asks for it

  static SmoaGradOperands of(std::span<const T> v) {
    return {SmoaOperands<T>::of(v), v[11], v[12], v[13], v[14], v[15], v[16]};
  }
  std::vector<T> list() const {
    std::vector<T> all = forward.list();
    all.insert(all.end(), {probs, choice, load, da, dmean, dbalance});
    return all;
  }
};

// The place of each in the list.
inline constexpr SmoaOperands<size_t> kSmoaOperand{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
inline constexpr SmoaResults<size_t> kSmoaResult{0, 1, 2, 3, 4, 5};

}  // namespace ax
