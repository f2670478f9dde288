// Multi-head scaled dot-product attention over packed queries, keys and values, and its gradient, which
// recomputes the probabilities from q, k and the saved log-sum-exp (as in FlashAttention, arXiv
// 2205.14135). No T x T matrix outlives one head of one sample; it lives in a thread's scratch.
//
// qkv: [B, T, 3 * heads * d_h], the output of one qkv linear: q of all heads, then k, then v.
// Queries are tokens [query_begin, query_begin + query_count) only; keys and values all T tokens.
// scale multiplies q k^T, 1 / sqrt(d_h) as a rule. d_h is any positive number.
//
// bf16: products of bf16 are summed in f32 and the softmax is f32; probabilities (and, in the gradient, those
// of the scores) are rounded to bf16 before the next product. Heads of samples are spread over threads; a
// head's result does not depend on how many there are.
#pragma once

#include "adapterx/base/tensor.h"

namespace ax::kernels {

struct Attention {
  Tensor qkv;  // [B, T, 3 * heads * d_h]  f32 or bf16
  int heads = 1;
  float scale = 1;
  int64_t query_begin = 0;
  int64_t query_count = 0;
  Tensor out;               // [B, query_count, heads * d_h], type of qkv
  Tensor lse;               // [B, heads, query_count] f32, log sum exp of the scaled scores; may be absent
  void* scratch = nullptr;  // attention_scratch(...) bytes, 64-byte aligned
};
void attention(const Attention& a);

// dqkv: [B, T, 3 * heads * d_h], every element written (0 for the queries not asked for).
struct AttentionGrad {
  Tensor qkv, lse, dout;
  int heads = 1;
  float scale = 1;
  int64_t query_begin = 0;
  int64_t query_count = 0;  // at least 1
  Tensor dqkv;              // type of qkv
  void* scratch = nullptr;  // attention_grad_scratch(...) bytes, 64-byte aligned
};
void attention_grad(const AttentionGrad& a);

// Bytes of scratch for all threads, at the thread count in force when asked.
size_t attention_scratch(DType dtype, int64_t tokens, int64_t query_count, int64_t head_dim);
size_t attention_grad_scratch(DType dtype, int64_t tokens, int64_t query_count, int64_t head_dim);

}  // namespace ax::kernels
