#include "adapterx/models/checkpoint/key_rules/key_rules.h"

namespace ax {

// timm (models/vision_transformer.py) and what took its names: DeiT, MAE, DINO, DINOv2.
KeyRules timm_keys() {
  KeyRules rules = {{"reg_token", {"register_tokens"}}};
  for (const std::string_view name : {"cls_token",
                                      "dist_token",
                                      "reg_token",
                                      "pos_embed",
                                      "patch_embed.proj.weight",
                                      "patch_embed.proj.bias",
                                      "norm_pre.weight",
                                      "norm_pre.bias",
                                      "blocks.#.norm1.weight",
                                      "blocks.#.norm1.bias",
                                      "blocks.#.attn.qkv.weight",
                                      "blocks.#.attn.qkv.bias",
                                      "blocks.#.attn.proj.weight",
                                      "blocks.#.attn.proj.bias",
                                      "blocks.#.ls1.gamma",
                                      "blocks.#.norm2.weight",
                                      "blocks.#.norm2.bias",
                                      "blocks.#.mlp.fc1.weight",
                                      "blocks.#.mlp.fc1.bias",
                                      "blocks.#.mlp.fc2.weight",
                                      "blocks.#.mlp.fc2.bias",
                                      "blocks.#.ls2.gamma",
                                      "norm.weight",
                                      "norm.bias",
                                      "fc_norm.weight",
                                      "fc_norm.bias",
                                      "head.weight",
                                      "head.bias",
                                      "head_dist.weight",
                                      "head_dist.bias"}) {
    rules.push_back({name, {name}});
  }
  return rules;
}

}  // namespace ax
