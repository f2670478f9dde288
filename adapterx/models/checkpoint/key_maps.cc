#include "adapterx/models/checkpoint/key_maps.h"

#include <fmt/format.h>

#include <cstdlib>

namespace ax {
namespace {

using Rules = std::vector<KeyRule>;

Rules operator+(Rules a, const Rules& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

KeyRule same(std::string_view name) { return {name, {name}}; }

// timm (models/vision_transformer.py) and what took its names: DeiT, MAE, DINO, DINOv2.
Rules timm() {
  Rules rules = {{"reg_token", {"register_tokens"}}};
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
    rules.push_back(same(name));
  }
  return rules;
}

const std::vector<KeyIgnored> kDinoHead = {{"head.mlp.*", "projection head of the pre-training"},
                                           {"head.last_layer.*", "projection head of the pre-training"}};

// transformers/models/vit: what is around the layers of Hugging Face's encoders.
Rules hf_around() {
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
Rules hf_layers() {
  return hf_around() + Rules{
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

Rules hf_vit() {
  return hf_layers() + Rules{
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
Rules hf_vit_5() {
  return hf_around() + Rules{
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

// transformers/models/dinov2 and dinov2_with_registers, but for the attention. Their classifier reads class
// token and patch mean together, which a head of ours doesn't.
Rules hf_dinov2_blocks() {
  return Rules{
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

Rules hf_dinov2() { return hf_layers() + hf_dinov2_blocks(); }

// The names of transformers 5 in memory: torch.save of a state_dict, an export to ONNX.
Rules hf_dinov2_5() {
  return hf_around() + hf_dinov2_blocks() +
         Rules{
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
Rules hf_clip() {
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

// OpenAI's CLIP (model.py) and open_clip: the image tower, "visual.".
Rules clip() {
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

// torchvision/models/vision_transformer.py; the MLP's names before and since 0.14.
Rules torchvision() {
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

// google-research/vision_transformer (vit_jax/models_vit.py): ViT-B_16.npz and its kin, as timm's loader of
// .npz reads them (models/vision_transformer.py, _load_weights).
Rules jax() {
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

// What the original training of a family used.
void set_defaults(KeyMap& map) {
  const std::string_view f = map.family;
  if (f == "dinov2" || f == "hf_dinov2" || f == "mae" || f == "dino" || f == "torchvision") {
    map.preprocess = preprocess_preset("imagenet");
  }
  if (f == "torchvision") map.preprocess.interpolation = Interpolation::bilinear;
  if (f == "hf_vit") {
    map.preprocess.crop = Crop::squash;
    map.preprocess.interpolation = Interpolation::bilinear;
    map.norm_eps = 1e-12f;
  }
  if (f.ends_with("clip")) {
    map.preprocess = preprocess_preset("clip");
    map.norm_eps = 1e-5f;
  }
  if (f == "openai_clip" || f == "hf_clip") map.act = Activation::quick_gelu;
}

std::vector<KeyMap> make_key_maps() {
  constexpr std::string_view kTimm = "blocks.0.attn.qkv.weight";
  constexpr std::string_view kHfQuery = "encoder.layer.0.attention.attention.query.weight";
  constexpr std::string_view kClip = "transformer.resblocks.0.attn.in_proj_weight";
  const std::vector<KeyIgnored> mask = {{"mask_token", "token of the pre-training"}};
  const std::vector<KeyIgnored> mae = {{"mask_token", "token of the pre-training"},
                                       {"decoder_*", "decoder of the pre-training"}};
  const std::vector<KeyIgnored> pooler = {{"pooler.*", "pooler, which no classifier uses"},
                                          {"embeddings.mask_token", "token of the pre-training"}};
  const std::vector<KeyIgnored> pre_logits = {
      {"pre_logits/*", "representation layer, left out as timm does"}};

  using enum PositionResample;
  std::vector<KeyMap> maps;
  const auto add = [&](KeyMap map) { maps.push_back(std::move(map)); };
  // The official models of DINOv2 (hub/backbones.py) leave the offset out with registers.
  add({"dinov2",
       "DINOv2",
       kTimm,
       {"mask_token", "blocks.0.ls1.gamma", "register_tokens"},
       timm(),
       mask,
       {},
       bicubic_antialias});
  add({"dinov2", "DINOv2", kTimm, {"mask_token", "blocks.0.ls1.gamma"}, timm(), mask, {}, bicubic_offset});
  add({"mae", "MAE, pre-trained", kTimm, {"mask_token"}, timm(), mae, {}, bicubic});
  add({"mae", "MAE, pre-trained", kTimm, {"decoder_embed.weight"}, timm(), mae, {}, bicubic});
  add({"dino", "DINO, pre-trained", kTimm, {"^head.mlp.0.weight"}, timm(), kDinoHead, {}, bicubic_offset});
  add({"timm_clip", "timm CLIP", kTimm, {"norm_pre.weight"}, timm(), {}, {"head.bias"}, bicubic_antialias});
  // DeiT's and DINO's bare backbones have timm's names, and are resampled as timm does that loads them.
  add({"timm", "timm, DeiT, DINO", kTimm, {}, timm(), kDinoHead, {}, bicubic_antialias});
  // Dinov2WithRegistersModel, then Dinov2Model.
  add({"hf_dinov2",
       "Hugging Face DINOv2",
       kHfQuery,
       {"encoder.layer.0.layer_scale1.lambda1", "embeddings.register_tokens"},
       hf_dinov2(),
       pooler,
       {},
       bicubic_antialias});
  add({"hf_dinov2",
       "Hugging Face DINOv2",
       kHfQuery,
       {"encoder.layer.0.layer_scale1.lambda1"},
       hf_dinov2(),
       pooler,
       {},
       bicubic});
  add({"hf_dinov2",
       "Hugging Face DINOv2",
       "encoder.layer.0.attention.q_proj.weight",
       {"encoder.layer.0.layer_scale1.lambda1"},
       hf_dinov2_5(),
       pooler,
       {},
       bicubic});
  add({"hf_vit",
       "Hugging Face ViT, DeiT",
       kHfQuery,
       {"encoder.layer.0.layernorm_before.weight"},
       hf_vit(),
       pooler,
       {},
       bicubic});
  add({"hf_vit",
       "Hugging Face ViT, DeiT",
       "layers.0.attention.q_proj.weight",
       {"layers.0.layernorm_before.weight"},
       hf_vit_5(),
       pooler,
       {},
       bicubic});
  add({"hf_clip",
       "Hugging Face CLIP",
       "encoder.layers.0.self_attn.q_proj.weight",
       {"pre_layrnorm.weight"},
       hf_clip(),
       {{"embeddings.position_ids", "positions, counted"}},
       {"head.bias"},
       bicubic});
  // OpenAI's own code takes one size alone; open_clip, which loads its files, resamples.
  add({"openai_clip",
       "OpenAI CLIP",
       kClip,
       {"conv1.weight", "^input_resolution"},
       clip(),
       {},
       {"head.bias"},
       bicubic_antialias});
  add({"clip", "open_clip", kClip, {"conv1.weight"}, clip(), {}, {"head.bias"}, bicubic_antialias});
  add({"torchvision",
       "torchvision",
       "encoder.layers.encoder_layer_0.self_attention.in_proj_weight",
       {},
       torchvision(),
       {},
       {},
       bicubic_corners});
  add({"jax",
       "JAX (google-research/vision_transformer)",
       "Transformer/encoderblock_0/MultiHeadDotProductAttention_1/query/kernel",
       {},
       jax(),
       pre_logits,
       {},
       bilinear});

  for (KeyMap& map : maps) set_defaults(map);
  return maps;
}

}  // namespace

std::span<const KeyMap> key_maps() {
  static const std::vector<KeyMap> maps = make_key_maps();
  return maps;
}

std::string block_name(std::string_view pattern, int64_t block) {
  const size_t at = pattern.find('#');
  if (at == pattern.npos) return std::string(pattern);
  return fmt::format("{}{}{}", pattern.substr(0, at), block, pattern.substr(at + 1));
}

std::optional<int64_t> block_of(std::string_view pattern, const std::string& name) {
  const size_t at = pattern.find('#');
  if (at == pattern.npos) return pattern == name ? std::optional<int64_t>(0) : std::nullopt;
  if (!name.starts_with(pattern.substr(0, at))) return std::nullopt;
  const int64_t block = std::strtoll(name.c_str() + at, nullptr, 10);
  return block_name(pattern, block) == name ? std::optional<int64_t>(block) : std::nullopt;
}

}  // namespace ax
