// What a command says where it takes the backbone that comes with the program.
#pragma once

#include <string>
#include <string_view>

#include "adapterx/train/bundled_backbone.h"

namespace ax::cli {

// A line: the backbone, its file, and what the user writes to have another, or images of another size.
std::string bundled_text(const BundledChoice& choice, std::string_view size_option = "--image-size");

// For --help of commands that train or predict: what is taken where there is no --weights.
inline constexpr const char* kBundledHelp =
    "Without --weights and without a model by name or sizes the bundled backbone is taken: of images "
    "dinov2_small (DINOv2 ViT-S/14), at 112 px where no image size is given, of point clouds point_small.";

}  // namespace ax::cli
