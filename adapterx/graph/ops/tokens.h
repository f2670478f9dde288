// Ops that move tokens along the sequence axis of [B, T, d]: slice, concatenation and insertion are one op,
// whose gradient is the same op again.
#pragma once

#include <span>

#include "adapterx/graph/op.h"

namespace ax {

// Tokens [begin, begin + count) of one source, placed at [to, to + count) of the result.
struct TokenPiece {
  size_t source = 0;
  int64_t begin = 0, count = 0, to = 0;
};

Value slice_tokens(Value x, int64_t begin, int64_t count);
// One after the other. Parts with one sample (a class token [1, 1, d]) repeat for every sample of the others.
Value concat_tokens(std::span<const Value> parts);
// x with `tokens` put before token `position`.
Value insert_tokens(Value x, Value tokens, int64_t position);
// Mean over tokens [begin, begin + count): [B, 1, d].
Value mean_tokens(Value x, int64_t begin, int64_t count);
// x [B, 1, d] in place of each of `count` tokens: [B, count, d].
Value repeat_token(Value x, int64_t count);

// The op behind the first three: tokens of the result that no piece covers are zero.
struct TokensOp : Op {
  std::vector<TokenPiece> pieces;
  int64_t tokens = 0;
  Role role = Role::activation;

  std::string_view name() const override { return "tokens"; }
  std::vector<OutputSpec> infer(const ShapeContext& c) const override;
  void backward(Gradients& g, const Node& node) const override;
  Kernel bind(Binding& b) const override;
  void evaluate(TwinNode& t) const override;
};

}  // namespace ax
