// The element-wise middle of attention: scores to probabilities, and the gradient of that. Internal to
// attention. Probabilities and their gradients are written in the unit that the next product reads: f32, or
// pairs of bf16, over the f32 they come from.
#pragma once

#include "adapterx/base/tensor.h"

namespace ax::kernels {

inline constexpr float kLog2E = 1.44269504088896341f;

// Row i: p_j = exp(scale * (s_j - max s)), not yet divided by its sum.
struct SoftmaxRows {
  float* s = nullptr;  // [rows][stride]: scores in; p out, f32 or, from the start of each row, bf16
  int64_t rows = 0, keys = 0, stride = 0;  // stride >= padded(keys); p is 0 in [keys, padded(keys))
  float scale = 1;
  DType dtype = DType::f32;
  float* inverse_sum = nullptr;  // [padded(rows)]: 1 / sum of p
  float* lse = nullptr;          // [rows]: log sum exp of scale * s; may be null
};
void softmax_rows(const SoftmaxRows& a);

// Transposed, keys down and queries i along rows, a block of queries at a time:
//   p_ji = exp(scale * s_ji - lse_i);  delta_i = sum over j of p_ji dp_ji;
//   ds_ji = scale * p_ji * (dp_ji - delta_i)
struct SoftmaxGrad {
  float* s = nullptr;            // [keys][stride]: scores in; p out, f32 or bf16 as in SoftmaxRows
  float* dp = nullptr;           // [keys][stride]: gradient of p in; ds out, f32 or bf16 likewise
  uint32_t* ds_pairs = nullptr;  // [units_of(keys)][stride], bf16 only: ds in pairs of keys
  int64_t keys = 0, queries = 0, stride = 0;  // columns up to padded(queries) are read and written
  float scale = 1;
  DType dtype = DType::f32;
  const float* lse = nullptr;  // [padded(queries)]
};
void softmax_grad(const SoftmaxGrad& a);

}  // namespace ax::kernels
