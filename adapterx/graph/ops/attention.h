// Multi-head self-attention over the output of one qkv linear.
#pragma once

#include "adapterx/graph/op.h"

namespace ax {

// qkv: [B, T, 3 * d], q then k then v, each of `heads` heads; result: [B, T, d]. scale: of q k^T; 1 / sqrt(d
// / heads) where 0.
Value attention(Value qkv, int heads, float scale = 0);

// The op behind it. Queries can be narrowed to a range of tokens (graph/passes/narrow_tokens.h). Outputs:
// out, lse.
struct AttentionOp : Op {
  AttentionOp(int head_count, float score_scale) : heads(head_count), scale(score_scale) {}
  int heads;
  float scale;
  int64_t query_begin = 0;
  int64_t query_count = -1;  // -1: all tokens

  std::string_view name() const override { return "attention"; }
  std::vector<OutputSpec> infer(const ShapeContext& c) const override;
  void backward(Gradients& g, const Node& node) const override;
  Kernel bind(Binding& b) const override;
  Cost cost(std::span<const Shape> in) const override;
  void evaluate(TwinNode& t) const override;
  std::shared_ptr<const Op> narrowed(int64_t begin, int64_t count, int64_t tokens) const override;
  int64_t queries(const Shape& qkv) const { return query_count < 0 ? qkv[1] : query_count; }
};

}  // namespace ax
