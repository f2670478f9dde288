// Slots: the places of a backbone that a fine-tuning method can fill. A backbone calls them while it builds
// its graph and knows no method; a method fills them and knows no backbone. Each default leaves the backbone
// as it is.
//
// While a slot is called, the graph's scope is the module's ("blocks.3"), so that parameters which a method
// adds by graph.scoped("adaptmlp.down_proj.weight") are named after their place.
#pragma once

#include <string_view>

#include "adapterx/graph/graph.h"

namespace ax {

struct BlockSite {
  int index = 0;          // of this block, from 0
  int depth = 0;          // blocks in all
  bool training = false;  // dropout belongs into a training graph only
  int64_t prefix = 1;     // tokens before the patches, as embedded (class, distillation, registers)
};

class Slots {
 public:
  virtual ~Slots() = default;

  // The patch tokens [B, P, d] as embedded, before prefix tokens and positions come to them; the scope is the
  // model's.
  virtual Value patch_tokens(Value x) { return x; }

  // Output y of the linear layer `role` ("attn.qkv", "attn.proj", "mlp.fc1", "mlp.fc2", "patch_embed.proj")
  // applied to x: returned as it is or changed (low-rank updates, scale and shift).
  virtual Value linear(std::string_view /*role*/, Value /*x*/, Value y) { return y; }

  // Output y of the norm `role` ("norm1", "norm2", "norm").
  virtual Value norm(std::string_view /*role*/, Value y) { return y; }

  // Output f of the FFN, before drop path. h: the stream that entered the sublayer; u = LN2(h): the FFN's
  // input.
  virtual Value ffn(const BlockSite&, Value /*h*/, Value /*u*/, Value f) { return f; }

  // A branch beside the FFN, added to the stream without drop path; absent: none.
  virtual Value beside_ffn(const BlockSite&, Value /*h*/, Value /*u*/) { return {}; }

  // A branch beside attention: x is the stream, u = LN1(x).
  virtual Value beside_attention(const BlockSite&, Value /*x*/, Value /*u*/) { return {}; }

  // The token list [B, T, d] after a block: tokens can be changed, or new ones inserted between the prefix
  // and the rest; the patches stay last.
  virtual Value tokens(const BlockSite&, Value x) { return x; }

  // Whether a backbone that can add positions before every block is to add them once, at the input: `tokens`
  // lengthens the list by prompts, which have no positions.
  virtual bool positions_once() const { return false; }
};

}  // namespace ax
