// Boxes drawn at random.
#pragma once

#include <cstdint>

#include "adapterx/data/draws.h"
#include "adapterx/data/images/augment.h"

namespace ax {

struct CropBox {
  int64_t y = 0, x = 0, height = 0, width = 0;
  bool operator==(const CropBox&) const = default;
};

// torchvision's RandomResizedCrop.get_params: ten draws of area and ratio; where no box of them fits, the
// largest in the middle whose ratio is allowed.
CropBox draw_resized_crop(const AugmentOptions& options, int64_t height, int64_t width, Draws& draws);

// timm's RandomErasing: ten draws of area (2 % to 33 %) and ratio (0.3 to 1 / 0.3, log-uniform); empty where
// no box of them is smaller than the image.
CropBox draw_erased_box(int64_t height, int64_t width, Draws& draws);

}  // namespace ax
