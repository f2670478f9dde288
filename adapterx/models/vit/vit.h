// The vision transformer (Dosovitskiy et al., arXiv 2010.11929) with pre-norm blocks, as timm's
// VisionTransformer builds it and with its parameter names.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "adapterx/graph/graph.h"
#include "adapterx/kernels/elementwise/activation.h"
#include "adapterx/slots/slots.h"

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
  // class_token: of the final norm's output; mean: over the patches, then `fc_norm` in place of `norm`.
  Pool pool = Pool::class_token;

  int64_t grid() const { return image_size / patch_size; }
  int64_t patches() const { return grid() * grid(); }
  int64_t prefix() const { return (distilled ? 2 : 1) + registers; }
  int64_t tokens() const { return patches() + prefix(); }
  int64_t hidden() const { return static_cast<int64_t>(static_cast<float>(width) * mlp_ratio); }
};

struct VitBuild {
  int64_t batch = 1;
  bool training = false;
  // Drop path of the last block; block l of L gets l / (L - 1) of it (timm). Used when training.
  float drop_path = 0;
  // Parameters that no checkpoint holds start as timm starts a ViT: weights, tokens and positions
  // trunc_normal(0.02), the patch embedding as PyTorch's convolutions, biases 0, norms 1, LayerScale 1e-5.
  // Otherwise only the head has a start of its own, and a missing parameter is an error.
  bool from_scratch = false;
};

struct Vit {
  Value images;    // input "images" [B, channels, image_size, image_size]
  Value features;  // [B, width]: pooled, after the final norm
  Value logits;    // [B, classes]; absent where the config has no classes
};

// Builds the graph, calling the slots of a method on the way. Throws Error on a config that doesn't divide.
Vit build_vit(Graph& graph, const VitConfig& config, const VitBuild& build, Slots& slots);

// The parameters a model has, by name and shape: what a checkpoint must hold.
std::map<std::string, Shape, std::less<>> vit_parameters(const VitConfig& config);

}  // namespace ax
