// The vision transformer (Dosovitskiy et al., arXiv 2010.11929) with pre-norm blocks, as timm's
// VisionTransformer builds it and with its parameter names.
#pragma once

#include <cstdint>
#include <string>

#include "adapterx/graph/graph.h"
#include "adapterx/graph/slots.h"
#include "adapterx/kernels/activation.h"

namespace ax {

struct VitConfig {
  int64_t image_size = 224, patch_size = 16, channels = 3;
  int64_t width = 768, depth = 12, heads = 12;
  float mlp_ratio = 4;
  int64_t classes = 1000;
  float norm_eps = 1e-6f;
  Activation act = Activation::gelu_erf;
  bool qkv_bias = true;

  int64_t patches() const { return (image_size / patch_size) * (image_size / patch_size); }
  int64_t tokens() const { return patches() + 1; }
  int64_t hidden() const { return static_cast<int64_t>(static_cast<float>(width) * mlp_ratio); }
};

struct VitBuild {
  int64_t batch = 1;
  bool training = false;
  // Drop path of the last block; block l of L gets l / (L - 1) of it (timm). Used when training.
  float drop_path = 0;
};

struct Vit {
  Value images;    // input "images" [B, channels, image_size, image_size]
  Value features;  // [B, width]: class token after the final norm
  Value logits;    // [B, classes]
};

// Builds the graph, calling the slots of a method on the way. Throws Error on a config that doesn't divide.
Vit build_vit(Graph& graph, const VitConfig& config, const VitBuild& build, Slots& slots);

// vit_{tiny,small,base,large}_patch<P>_<S>: widths 192, 384, 768, 1024, depths 12 (24 for large), heads
// of 64. Error with the nearest valid name otherwise.
VitConfig vit_preset(const std::string& name);

}  // namespace ax
