// Slots: the places of a backbone that a fine-tuning method can fill. A backbone calls them while it builds
// its graph and knows no method; a method fills them and knows no backbone. Each default leaves the backbone
// as it is, and frozen.
//
// While a slot is called, the graph's scope is the module's ("blocks.3"), so that parameters which a method
// adds (slots/part.h) are named after their place.
//
//   embedded patches -> patch_tokens -> prefix and positions added -> first_tokens
//   each block   u = norm1(x);  a = proj(attention([prefix_qkv; qkv(u)]))
//                h = x + beside_attention(x, u) + drop_path(attention(x, u, a))
//                u = norm2(h);  f = fc2(act(fc1(u)))
//                y = block(x, h + beside_ffn(h, u) + drop_path(ffn(h, u, f)));  then tokens(y)
//   final norm -> pooled -> features -> head -> logits
//
// linear and norm are called for each linear layer and norm on the way.
#pragma once

#include <string_view>

#include "adapterx/graph/graph.h"
#include "adapterx/slots/backbone_parameter.h"
#include "adapterx/slots/site.h"

namespace ax {

class Slots {
 public:
  virtual ~Slots() = default;

  // The part under which a parameter of the backbone is trained ("LN2", or "backbone" where all of it is);
  // "": it stays frozen.
  virtual std::string_view trained_part(const BackboneParameter&) { return ""; }

  // Whether the learning rate of a parameter that trained_part names is in proportion to the parameter's size
  // (ParameterUse::relative).
  virtual bool relative_rate(const BackboneParameter&) { return false; }

  // The patch tokens [B, P, d] as embedded, before prefix tokens and positions come to them.
  virtual Value patch_tokens(const Site&, Value x) { return x; }

  // The token list [B, T, d] that enters block 0. New tokens are put between the prefix and the patches; they
  // have no positions.
  virtual Value first_tokens(const Site&, Value x) { return x; }

  // Output y of the linear layer `role` ("attn.qkv", "attn.proj", "mlp.fc1", "mlp.fc2", "patch_embed.proj")
  // applied to x: returned as it is or changed (low-rank updates, scale and shift).
  virtual Value linear(const Site&, std::string_view /*role*/, Value /*x*/, Value y) { return y; }

  // Output y of the norm `role` ("norm1", "norm2", "norm", "norm_pre", "fc_norm").
  virtual Value norm(const Site&, std::string_view /*role*/, Value y) { return y; }

  // Queries, keys and values [B or 1, P, 3 d] put before those of the tokens: every token attends to them.
  // What they would give as tokens is dropped. Absent: none.
  virtual Value prefix_qkv(const Site&, Value /*qkv*/) { return {}; }

  // Output a of attention, before drop path. x: the stream that entered the sublayer; u = LN1(x): attention's
  // input.
  virtual Value attention(const Site&, Value /*x*/, Value /*u*/, Value a) { return a; }

  // A branch beside attention, added to the stream without drop path; absent: none.
  virtual Value beside_attention(const Site&, Value /*x*/, Value /*u*/) { return {}; }

  // Output f of the FFN, before drop path. h: the stream that entered the sublayer; u = LN2(h): the FFN's
  // input.
  virtual Value ffn(const Site&, Value /*h*/, Value /*u*/, Value f) { return f; }

  // A branch beside the FFN, added to the stream without drop path; absent: none.
  virtual Value beside_ffn(const Site&, Value /*h*/, Value /*u*/) { return {}; }

  // Output y of the whole block that x entered. The list keeps its length.
  virtual Value block(const Site&, Value /*x*/, Value y) { return y; }

  // The token list [B, T, d] after a block: tokens can be changed, or new ones inserted between the prefix
  // and the rest; the patches stay last.
  virtual Value tokens(const Site&, Value x) { return x; }

  // The pooled features f [B, d_f] of the final token list x [B, T, d]. (The heads of DeiT read their two
  // tokens, not these.)
  virtual Value features(const Site&, Value /*x*/, Value f) { return f; }

  // The head's output of the features.
  virtual Value logits(const Site&, Value /*features*/, Value logits) { return logits; }
};

// How a backbone declares a parameter of its own: as its method answers. Weights alone decay.
ParameterUse use_of(Slots& slots, const BackboneParameter& parameter);

}  // namespace ax
