// Named vision transformers: architecture and preprocessing of published models, under names like timm's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapterx/data/images/preprocess.h"
#include "adapterx/models/vit/vit.h"

namespace ax {

struct VitPreset {
  VitConfig config;
  Preprocess preprocess;
  bool is_clip = false;  // its activation and norm_eps are CLIP's: known from the name alone
};

// {vit,deit}_{tiny,small,base,large}[_distilled]_patch<P>[_reg<R>][_<training>]_<S>
//
// Widths 192, 384, 768, 1024, depths 12 (24 for large), heads of 64; patches of P, images of S pixels, R
// register tokens. <training>: dino, mae, dinov2 (LayerScale), clip (norm before the blocks, no patch bias),
// clip_quickgelu. dino, mae and dinov2 have no head; clip's is the projection to 512 (base) or 768 (large)
// dimensions; the others' have 1,000 classes. Throws Error with the nearest valid name.
VitPreset vit_preset_of(std::string_view name);
inline VitConfig vit_preset(std::string_view name) { return vit_preset_of(name).config; }

// The names of published models, as `adapterx models` lists them.
const std::vector<std::string>& vit_preset_names();

}  // namespace ax
