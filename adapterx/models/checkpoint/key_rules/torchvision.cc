#include "adapterx/models/checkpoint/key_rules/key_rules.h"

namespace ax {

// torchvision/models/vision_transformer.py; the MLP's names before and since 0.14.
KeyRules torchvision_keys() {
  return {
      {"cls_token", {"class_token"}},
      {"pos_embed", {"encoder.pos_embedding"}},
      {"patch_embed.proj.weight", {"conv_proj.weight"}},
      {"patch_embed.proj.bias", {"conv_proj.bias"}},
      {"blocks.#.norm1.weight", {"encoder.layers.encoder_layer_#.ln_1.weight"}},
      {"blocks.#.norm1.bias", {"encoder.layers.encoder_layer_#.ln_1.bias"}},
      {"blocks.#.attn.qkv.weight", {"encoder.layers.encoder_layer_#.self_attention.in_proj_weight"}},
      {"blocks.#.attn.qkv.bias", {"encoder.layers.encoder_layer_#.self_attention.in_proj_bias"}},
      {"blocks.#.attn.proj.weight", {"encoder.layers.encoder_layer_#.self_attention.out_proj.weight"}},
      {"blocks.#.attn.proj.bias", {"encoder.layers.encoder_layer_#.self_attention.out_proj.bias"}},
      {"blocks.#.norm2.weight", {"encoder.layers.encoder_layer_#.ln_2.weight"}},
      {"blocks.#.norm2.bias", {"encoder.layers.encoder_layer_#.ln_2.bias"}},
      {"blocks.#.mlp.fc1.weight", {"encoder.layers.encoder_layer_#.mlp.0.weight"}},
      {"blocks.#.mlp.fc1.weight", {"encoder.layers.encoder_layer_#.mlp.linear_1.weight"}},
      {"blocks.#.mlp.fc1.bias", {"encoder.layers.encoder_layer_#.mlp.0.bias"}},
      {"blocks.#.mlp.fc1.bias", {"encoder.layers.encoder_layer_#.mlp.linear_1.bias"}},
      {"blocks.#.mlp.fc2.weight", {"encoder.layers.encoder_layer_#.mlp.3.weight"}},
      {"blocks.#.mlp.fc2.weight", {"encoder.layers.encoder_layer_#.mlp.linear_2.weight"}},
      {"blocks.#.mlp.fc2.bias", {"encoder.layers.encoder_layer_#.mlp.3.bias"}},
      {"blocks.#.mlp.fc2.bias", {"encoder.layers.encoder_layer_#.mlp.linear_2.bias"}},
      {"norm.weight", {"encoder.ln.weight"}},
      {"norm.bias", {"encoder.ln.bias"}},
      {"head.weight", {"heads.head.weight"}},
      {"head.bias", {"heads.head.bias"}},
  };
}

}  // namespace ax
