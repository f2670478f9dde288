#include "adapterx/models/checkpoint/key_rules/key_rules.h"

namespace ax {

// OpenAI's CLIP (model.py) and open_clip: the image tower, "visual.".
KeyRules clip_keys() {
  return {
      {"cls_token", {"class_embedding"}},
      {"pos_embed", {"positional_embedding"}},
      {"patch_embed.proj.weight", {"conv1.weight"}},
      {"norm_pre.weight", {"ln_pre.weight"}},
      {"norm_pre.bias", {"ln_pre.bias"}},
      {"blocks.#.norm1.weight", {"transformer.resblocks.#.ln_1.weight"}},
      {"blocks.#.norm1.bias", {"transformer.resblocks.#.ln_1.bias"}},
      {"blocks.#.attn.qkv.weight", {"transformer.resblocks.#.attn.in_proj_weight"}},
      {"blocks.#.attn.qkv.bias", {"transformer.resblocks.#.attn.in_proj_bias"}},
      {"blocks.#.attn.proj.weight", {"transformer.resblocks.#.attn.out_proj.weight"}},
      {"blocks.#.attn.proj.bias", {"transformer.resblocks.#.attn.out_proj.bias"}},
      {"blocks.#.ls1.gamma", {"transformer.resblocks.#.ls_1.gamma"}},
      {"blocks.#.norm2.weight", {"transformer.resblocks.#.ln_2.weight"}},
      {"blocks.#.norm2.bias", {"transformer.resblocks.#.ln_2.bias"}},
      {"blocks.#.mlp.fc1.weight", {"transformer.resblocks.#.mlp.c_fc.weight"}},
      {"blocks.#.mlp.fc1.bias", {"transformer.resblocks.#.mlp.c_fc.bias"}},
      {"blocks.#.mlp.fc2.weight", {"transformer.resblocks.#.mlp.c_proj.weight"}},
      {"blocks.#.mlp.fc2.bias", {"transformer.resblocks.#.mlp.c_proj.bias"}},
      {"blocks.#.ls2.gamma", {"transformer.resblocks.#.ls_2.gamma"}},
      {"norm.weight", {"ln_post.weight"}},
      {"norm.bias", {"ln_post.bias"}},
      {"head.weight", {"proj"}, Layout::transposed},
  };
}

}  // namespace ax
