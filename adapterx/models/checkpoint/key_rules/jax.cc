#include "adapterx/models/checkpoint/key_rules/key_rules.h"

namespace ax {

// google-research/vision_transformer (vit_jax/models_vit.py): ViT-B_16.npz and its kin, as timm's loader of
// .npz reads them (models/vision_transformer.py, _load_weights).
KeyRules jax_keys() {
  constexpr Layout kT = Layout::transposed;
  return {
      {"cls_token", {"cls"}},
      {"pos_embed", {"Transformer/posembed_input/pos_embedding"}},
      {"patch_embed.proj.weight", {"embedding/kernel"}, Layout::hwio},
      {"patch_embed.proj.bias", {"embedding/bias"}},
      {"blocks.#.norm1.weight", {"Transformer/encoderblock_#/LayerNorm_0/scale"}},
      {"blocks.#.norm1.bias", {"Transformer/encoderblock_#/LayerNorm_0/bias"}},
      {"blocks.#.attn.qkv.weight",
       {"Transformer/encoderblock_#/MultiHeadDotProductAttention_1/query/kernel",
        "Transformer/encoderblock_#/MultiHeadDotProductAttention_1/key/kernel",
        "Transformer/encoderblock_#/MultiHeadDotProductAttention_1/value/kernel"},
       kT},
      {"blocks.#.attn.qkv.bias",
       {"Transformer/encoderblock_#/MultiHeadDotProductAttention_1/query/bias",
        "Transformer/encoderblock_#/MultiHeadDotProductAttention_1/key/bias",
        "Transformer/encoderblock_#/MultiHeadDotProductAttention_1/value/bias"}},
      {"blocks.#.attn.proj.weight",
       {"Transformer/encoderblock_#/MultiHeadDotProductAttention_1/out/kernel"},
       kT},
      {"blocks.#.attn.proj.bias", {"Transformer/encoderblock_#/MultiHeadDotProductAttention_1/out/bias"}},
      {"blocks.#.norm2.weight", {"Transformer/encoderblock_#/LayerNorm_2/scale"}},
      {"blocks.#.norm2.bias", {"Transformer/encoderblock_#/LayerNorm_2/bias"}},
      {"blocks.#.mlp.fc1.weight", {"Transformer/encoderblock_#/MlpBlock_3/Dense_0/kernel"}, kT},
      {"blocks.#.mlp.fc1.bias", {"Transformer/encoderblock_#/MlpBlock_3/Dense_0/bias"}},
      {"blocks.#.mlp.fc2.weight", {"Transformer/encoderblock_#/MlpBlock_3/Dense_1/kernel"}, kT},
      {"blocks.#.mlp.fc2.bias", {"Transformer/encoderblock_#/MlpBlock_3/Dense_1/bias"}},
      {"norm.weight", {"Transformer/encoder_norm/scale"}},
      {"norm.bias", {"Transformer/encoder_norm/bias"}},
      {"head.weight", {"head/kernel"}, kT},
      {"head.bias", {"head/bias"}},
  };
}

}  // namespace ax
