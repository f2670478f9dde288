#include "adapterx/models/checkpoint/key_rules/key_rules.h"

namespace ax {
namespace {

KeyRules operator+(KeyRules a, const KeyRules& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// transformers/models/vit: what is around the layers of Hugging Face's encoders.
KeyRules hf_around() {
  return {
      {"cls_token", {"embeddings.cls_token"}},
      {"pos_embed", {"embeddings.position_embeddings"}},
      {"patch_embed.proj.weight", {"embeddings.patch_embeddings.projection.weight"}},
      {"patch_embed.proj.bias", {"embeddings.patch_embeddings.projection.bias"}},
      {"norm.weight", {"layernorm.weight"}},
      {"norm.bias", {"layernorm.bias"}},
  };
}

// Their attention.
KeyRules hf_layers() {
  return hf_around() + KeyRules{
                           {"blocks.#.attn.qkv.weight",
                            {"encoder.layer.#.attention.attention.query.weight",
                             "encoder.layer.#.attention.attention.key.weight",
                             "encoder.layer.#.attention.attention.value.weight"}},
                           {"blocks.#.attn.qkv.bias",
                            {"encoder.layer.#.attention.attention.query.bias",
                             "encoder.layer.#.attention.attention.key.bias",
                             "encoder.layer.#.attention.attention.value.bias"}},
                           {"blocks.#.attn.proj.weight", {"encoder.layer.#.attention.output.dense.weight"}},
                           {"blocks.#.attn.proj.bias", {"encoder.layer.#.attention.output.dense.bias"}},
                       };
}

// transformers/models/dinov2 and dinov2_with_registers, but for the attention. Their classifier reads class
// token and patch mean together, which a head of ours doesn't.
KeyRules hf_dinov2_blocks() {
  return KeyRules{
      {"reg_token", {"embeddings.register_tokens"}},
      {"blocks.#.norm1.weight", {"encoder.layer.#.norm1.weight"}},
      {"blocks.#.norm1.bias", {"encoder.layer.#.norm1.bias"}},
      {"blocks.#.norm2.weight", {"encoder.layer.#.norm2.weight"}},
      {"blocks.#.norm2.bias", {"encoder.layer.#.norm2.bias"}},
      {"blocks.#.ls1.gamma", {"encoder.layer.#.layer_scale1.lambda1"}},
      {"blocks.#.ls2.gamma", {"encoder.layer.#.layer_scale2.lambda1"}},
      {"blocks.#.mlp.fc1.weight", {"encoder.layer.#.mlp.fc1.weight"}},
      {"blocks.#.mlp.fc1.bias", {"encoder.layer.#.mlp.fc1.bias"}},
      {"blocks.#.mlp.fc2.weight", {"encoder.layer.#.mlp.fc2.weight"}},
      {"blocks.#.mlp.fc2.bias", {"encoder.layer.#.mlp.fc2.bias"}},
  };
}

}  // namespace

KeyRules hf_vit_keys() {
  return hf_layers() + KeyRules{
                           {"dist_token", {"embeddings.distillation_token"}},
                           {"blocks.#.norm1.weight", {"encoder.layer.#.layernorm_before.weight"}},
                           {"blocks.#.norm1.bias", {"encoder.layer.#.layernorm_before.bias"}},
                           {"blocks.#.norm2.weight", {"encoder.layer.#.layernorm_after.weight"}},
                           {"blocks.#.norm2.bias", {"encoder.layer.#.layernorm_after.bias"}},
                           {"blocks.#.mlp.fc1.weight", {"encoder.layer.#.intermediate.dense.weight"}},
                           {"blocks.#.mlp.fc1.bias", {"encoder.layer.#.intermediate.dense.bias"}},
                           {"blocks.#.mlp.fc2.weight", {"encoder.layer.#.output.dense.weight"}},
                           {"blocks.#.mlp.fc2.bias", {"encoder.layer.#.output.dense.bias"}},
                           {"head.weight", {"^classifier.weight"}},
                           {"head.bias", {"^classifier.bias"}},
                           {"head.weight", {"^cls_classifier.weight"}},
                           {"head.bias", {"^cls_classifier.bias"}},
                           {"head_dist.weight", {"^distillation_classifier.weight"}},
                           {"head_dist.bias", {"^distillation_classifier.bias"}},
                       };
}

// The names of transformers 5 in memory (torch.save of a state_dict).
KeyRules hf_vit_5_keys() {
  return hf_around() + KeyRules{
                           {"dist_token", {"embeddings.distillation_token"}},
                           {"blocks.#.norm1.weight", {"layers.#.layernorm_before.weight"}},
                           {"blocks.#.norm1.bias", {"layers.#.layernorm_before.bias"}},
                           {"blocks.#.attn.qkv.weight",
                            {"layers.#.attention.q_proj.weight", "layers.#.attention.k_proj.weight",
                             "layers.#.attention.v_proj.weight"}},
                           {"blocks.#.attn.qkv.bias",
                            {"layers.#.attention.q_proj.bias", "layers.#.attention.k_proj.bias",
                             "layers.#.attention.v_proj.bias"}},
                           {"blocks.#.attn.proj.weight", {"layers.#.attention.o_proj.weight"}},
                           {"blocks.#.attn.proj.bias", {"layers.#.attention.o_proj.bias"}},
                           {"blocks.#.norm2.weight", {"layers.#.layernorm_after.weight"}},
                           {"blocks.#.norm2.bias", {"layers.#.layernorm_after.bias"}},
                           {"blocks.#.mlp.fc1.weight", {"layers.#.mlp.fc1.weight"}},
                           {"blocks.#.mlp.fc1.bias", {"layers.#.mlp.fc1.bias"}},
                           {"blocks.#.mlp.fc2.weight", {"layers.#.mlp.fc2.weight"}},
                           {"blocks.#.mlp.fc2.bias", {"layers.#.mlp.fc2.bias"}},
                           {"head.weight", {"^classifier.weight"}},
                           {"head.bias", {"^classifier.bias"}},
                       };
}

KeyRules hf_dinov2_keys() { return hf_layers() + hf_dinov2_blocks(); }

// The names of transformers 5 in memory: torch.save of a state_dict, an export to ONNX.
KeyRules hf_dinov2_5_keys() {
  return hf_around() + hf_dinov2_blocks() +
         KeyRules{
             {"blocks.#.attn.qkv.weight",
              {"encoder.layer.#.attention.q_proj.weight", "encoder.layer.#.attention.k_proj.weight",
               "encoder.layer.#.attention.v_proj.weight"}},
             {"blocks.#.attn.qkv.bias",
              {"encoder.layer.#.attention.q_proj.bias", "encoder.layer.#.attention.k_proj.bias",
               "encoder.layer.#.attention.v_proj.bias"}},
             {"blocks.#.attn.proj.weight", {"encoder.layer.#.attention.o_proj.weight"}},
             {"blocks.#.attn.proj.bias", {"encoder.layer.#.attention.o_proj.bias"}},
         };
}

// transformers/models/clip, its vision tower.
KeyRules hf_clip_keys() {
  return {
      {"cls_token", {"embeddings.class_embedding"}},
      {"pos_embed", {"embeddings.position_embedding.weight"}},
      {"patch_embed.proj.weight", {"embeddings.patch_embedding.weight"}},
      {"norm_pre.weight", {"pre_layrnorm.weight"}},
      {"norm_pre.bias", {"pre_layrnorm.bias"}},
      {"blocks.#.norm1.weight", {"encoder.layers.#.layer_norm1.weight"}},
      {"blocks.#.norm1.bias", {"encoder.layers.#.layer_norm1.bias"}},
      {"blocks.#.attn.qkv.weight",
       {"encoder.layers.#.self_attn.q_proj.weight", "encoder.layers.#.self_attn.k_proj.weight",
        "encoder.layers.#.self_attn.v_proj.weight"}},
      {"blocks.#.attn.qkv.bias",
       {"encoder.layers.#.self_attn.q_proj.bias", "encoder.layers.#.self_attn.k_proj.bias",
        "encoder.layers.#.self_attn.v_proj.bias"}},
      {"blocks.#.attn.proj.weight", {"encoder.layers.#.self_attn.out_proj.weight"}},
      {"blocks.#.attn.proj.bias", {"encoder.layers.#.self_attn.out_proj.bias"}},
      {"blocks.#.norm2.weight", {"encoder.layers.#.layer_norm2.weight"}},
      {"blocks.#.norm2.bias", {"encoder.layers.#.layer_norm2.bias"}},
      {"blocks.#.mlp.fc1.weight", {"encoder.layers.#.mlp.fc1.weight"}},
      {"blocks.#.mlp.fc1.bias", {"encoder.layers.#.mlp.fc1.bias"}},
      {"blocks.#.mlp.fc2.weight", {"encoder.layers.#.mlp.fc2.weight"}},
      {"blocks.#.mlp.fc2.bias", {"encoder.layers.#.mlp.fc2.bias"}},
      {"norm.weight", {"post_layernorm.weight"}},
      {"norm.bias", {"post_layernorm.bias"}},
      {"head.weight", {"^visual_projection.weight"}},
  };
}

}  // namespace ax
