// The vision transformer (Dosovitskiy et al., arXiv 2010.11929) with pre-norm blocks, as timm's
// VisionTransformer builds it and with its parameter names.
#pragma once

#include <cstdint>

#include "adapterx/kernels/elementwise/activation.h"
#include "adapterx/models/backbone.h"
#include "adapterx/models/mlp_ratio.h"
#include "adapterx/models/vit/pos_embed.h"

namespace ax {

enum class Pool : uint8_t { class_token, mean };

// A model's tokens: [class, distillation, registers ..., patches ...].
struct VitConfig {
  int64_t image_size = 224, patch_size = 16, channels = 3;
  int64_t width = 768, depth = 12, heads = 12;
  float mlp_ratio = 4;
  int64_t classes = 1000;  // 0: no head, only features
  float norm_eps = 1e-6f;
  Activation act = Activation::gelu_erf;
  bool qkv_bias = true;
  bool patch_bias = true;
  bool pre_norm = false;     // a norm between the embedding and the blocks (CLIP)
  bool layer_scale = false;  // a learned factor a channel on each branch (DINOv2)
  bool distilled = false;    // a second token and head, averaged with the first (DeiT)
  int64_t registers = 0;     // tokens without a position (DINOv2 with registers)
  // How many of the tokens before the patches the position embedding covers: none, the class token or all.
  int64_t positioned_prefix = 1;
  // How positions get another image size: as the library whose checkpoint it is does.
  PositionResample position_resample = PositionResample::bicubic_antialias;
  // class_token: of the final norm's output; mean: over the patches, then `fc_norm` in place of `norm`.
  Pool pool = Pool::class_token;

  int64_t grid() const { return image_size / patch_size; }
  int64_t patches() const { return grid() * grid(); }
  int64_t prefix() const { return (distilled ? 2 : 1) + registers; }
  int64_t tokens() const { return patches() + prefix(); }
  int64_t hidden() const { return hidden_width(width, mlp_ratio); }
};

// Input "images" [B, channels, image_size, image_size]; features pooled [B, width], after the final norm; the
// head is linear, of a distilled model the mean of two. From scratch, parameters start as timm starts a ViT:
// weights, tokens and positions trunc_normal(0.02), the patch embedding as PyTorch's convolutions, biases 0,
// norms 1, LayerScale 1e-5. Throws Error on a config that doesn't divide.
BuiltBackbone build_vit(Graph& graph, const VitConfig& config, const BackboneBuild& build, Slots& slots);

}  // namespace ax
