// A parameter of a backbone as its method is asked about it: whether it is to be trained.
#pragma once

#include <cstdint>
#include <string_view>

namespace ax {

enum class ParameterKind : uint8_t {
  weight,          // of a linear layer or a convolution
  bias,            // of one
  norm_weight,     // of a norm: its scale
  norm_bias,       // of a norm
  layer_scale,     // LayerScale's factor of a channel
  class_token,     // the token that is classified
  class_position,  // its position, where it is a parameter of its own
  token,           // another learned token: distillation, registers, the mask's
  position,        // positions of the others, or of all
};

struct BackboneParameter {
  ParameterKind kind = ParameterKind::weight;
  std::string_view module = {};  // "attn.qkv", "norm2", "patch_embed.proj": as in Slots::linear and norm
  // Of the network of its own that makes the tokens of a cloud and their positions. Its norms are BatchNorms.
  bool tokenizer = false;

  // The class token, or its position where that is a parameter of its own.
  bool is_class_token() const {
    return kind == ParameterKind::class_token || kind == ParameterKind::class_position;
  }
  bool is_norm() const { return kind == ParameterKind::norm_weight || kind == ParameterKind::norm_bias; }
};

}  // namespace ax
