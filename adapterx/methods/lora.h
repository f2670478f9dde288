// LoRA (Hu et al., arXiv 2106.09685): a low-rank update of queries and values, or of queries, keys and values
// together, u = LN1(x) the attention's input:
//   targets=qv   q += s B_q A_q drop(u),  v += s B_v A_v drop(u)         A [rank, d], B [d, rank]
//   targets=qkv  [q k v] += s B A drop(u)                                A [rank, d], B [3 d, rank]
// s = alpha / rank. A starts as PyTorch's linear layers, U(-1/sqrt(d), 1/sqrt(d)), and B zero, so that
// training starts from the frozen backbone's function. One draw of the dropout serves q and v. Both have as
// many parameters: 294,912 of ViT-B/16 at rank 8.
#pragma once

#include <memory>

#include "adapterx/methods/method.h"

namespace ax {

struct LoraOptions {
  int64_t rank = 8;
  float alpha = 0;       // 0: the rank, for s = 1
  float dropout = 0.1f;  // of u, as published code for images has it
  bool qkv = false;      // targets = qv | qkv
};

// Parameters: blocks.#.attn.lora.q.down_proj.weight (A) and
// up_proj.weight (B), of v alike; or of qkv.
std::vector<Setting> lora_settings(LoraOptions& options);
std::unique_ptr<Method> make_lora(const LoraOptions& options);

}  // namespace ax
