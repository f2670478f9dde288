#include "adapterx/models/checkpoint/key_maps.h"

#include <fmt/format.h>

#include <cstdlib>

namespace ax {
namespace {

const std::vector<KeyIgnored> kDinoHead = {{"head.mlp.*", "projection head of the pre-training"},
                                           {"head.last_layer.*", "projection head of the pre-training"}};

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
       timm_keys(),
       mask,
       {},
       bicubic_antialias});
  add({"dinov2",
       "DINOv2",
       kTimm,
       {"mask_token", "blocks.0.ls1.gamma"},
       timm_keys(),
       mask,
       {},
       bicubic_offset});
  add({"mae", "MAE, pre-trained", kTimm, {"mask_token"}, timm_keys(), mae, {}, bicubic});
  add({"mae", "MAE, pre-trained", kTimm, {"decoder_embed.weight"}, timm_keys(), mae, {}, bicubic});
  add({"dino",
       "DINO, pre-trained",
       kTimm,
       {"^head.mlp.0.weight"},
       timm_keys(),
       kDinoHead,
       {},
       bicubic_offset});
  add({"timm_clip",
       "timm CLIP",
       kTimm,
       {"norm_pre.weight"},
       timm_keys(),
       {},
       {"head.bias"},
       bicubic_antialias});
  // DeiT's and DINO's bare backbones have timm's names, and are resampled as timm does that loads them.
  add({"timm", "timm, DeiT, DINO", kTimm, {}, timm_keys(), kDinoHead, {}, bicubic_antialias});
  // Dinov2WithRegistersModel, then Dinov2Model.
  add({"hf_dinov2",
       "Hugging Face DINOv2",
       kHfQuery,
       {"encoder.layer.0.layer_scale1.lambda1", "embeddings.register_tokens"},
       hf_dinov2_keys(),
       pooler,
       {},
       bicubic_antialias});
  add({"hf_dinov2",
       "Hugging Face DINOv2",
       kHfQuery,
       {"encoder.layer.0.layer_scale1.lambda1"},
       hf_dinov2_keys(),
       pooler,
       {},
       bicubic});
  add({"hf_dinov2",
       "Hugging Face DINOv2",
       "encoder.layer.0.attention.q_proj.weight",
       {"encoder.layer.0.layer_scale1.lambda1"},
       hf_dinov2_5_keys(),
       pooler,
       {},
       bicubic});
  add({"hf_vit",
       "Hugging Face ViT, DeiT",
       kHfQuery,
       {"encoder.layer.0.layernorm_before.weight"},
       hf_vit_keys(),
       pooler,
       {},
       bicubic});
  add({"hf_vit",
       "Hugging Face ViT, DeiT",
       "layers.0.attention.q_proj.weight",
       {"layers.0.layernorm_before.weight"},
       hf_vit_5_keys(),
       pooler,
       {},
       bicubic});
  add({"hf_clip",
       "Hugging Face CLIP",
       "encoder.layers.0.self_attn.q_proj.weight",
       {"pre_layrnorm.weight"},
       hf_clip_keys(),
       {{"embeddings.position_ids", "positions, counted"}},
       {"head.bias"},
       bicubic});
  // OpenAI's own code takes one size alone; open_clip, which loads its files, resamples.
  add({"openai_clip",
       "OpenAI CLIP",
       kClip,
       {"conv1.weight", "^input_resolution"},
       clip_keys(),
       {},
       {"head.bias"},
       bicubic_antialias});
  add({"clip", "open_clip", kClip, {"conv1.weight"}, clip_keys(), {}, {"head.bias"}, bicubic_antialias});
  add({"torchvision",
       "torchvision",
       "encoder.layers.encoder_layer_0.self_attention.in_proj_weight",
       {},
       torchvision_keys(),
       {},
       {},
       bicubic_corners});
  add({"jax",
       "JAX (google-research/vision_transformer)",
       "Transformer/encoderblock_0/MultiHeadDotProductAttention_1/query/kernel",
       {},
       jax_keys(),
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
