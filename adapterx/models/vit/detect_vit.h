// The architecture of a vision transformer, read off the shapes of its checkpoint.
#pragma once

#include <optional>

#include "adapterx/models/checkpoint/foreign_names.h"
#include "adapterx/models/vit/vit.h"

namespace ax {

// Everything but the number of heads, the activation, norm_eps and how positions are resampled shows in names
// and shapes. Those: the heads as given, else from JAX's kernels [d, H, d / H], else of 64 channels each
// (every published ViT); the others from the family. image_size is that of the position embedding; classes 0
// where there is no head. Throws Error naming the tensor where a shape is not of a ViT.
VitConfig detect_vit(const ForeignNames& names, const FoundKeyMap& found, std::optional<int64_t> heads = {});

}  // namespace ax
