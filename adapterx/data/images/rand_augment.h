// RandAugment (Cubuk et al., 2020) with the operations and magnitudes of torchvision's RandAugment: 31 bins,
// the nearest pixel, black where nothing is. At magnitude m of 0 to 30, t = m / 30:
//   shear_x, shear_y           by +-0.3 t
//   translate_x, translate_y   by +-150/331 t of the side, whole pixels
//   rotate                     by +-30 t degrees about the middle
//   brightness, color, contrast, sharpness   by a factor of 1 +- 0.9 t
//   posterize                  to 8 - round(4 t) bits
//   solarize                   from 255 (1 - t) on
//   auto_contrast, equalize, identity
#pragma once

#include <cstdint>
#include <vector>

#include "adapterx/data/draws.h"
#include "adapterx/data/images/augment.h"
#include "adapterx/data/placement.h"

namespace ax {

enum class RandOp : uint8_t {
  identity,
  shear_x,
  shear_y,
  translate_x,
  translate_y,
  rotate,
  brightness,
  color,
  contrast,
  sharpness,
  posterize,
  solarize,
  auto_contrast,
  equalize
};
constexpr int kRandOps = 14;

// pixels: u8 [size, size, 3], in place. `negative` turns the sign where there is one.
void apply_rand_op(RandOp op, double magnitude, bool negative, int64_t size, uint8_t* pixels,
                   std::vector<uint8_t>& scratch);

// options.randaugment_ops operations, each drawn anew with its sign.
void rand_augment(const AugmentOptions& options, const SampleKey& key, int64_t size, uint8_t* pixels,
                  std::vector<uint8_t>& scratch);

// Where all its operations together move the pixels.
Placement rand_augment_placement(const AugmentOptions& options, const SampleKey& key, int64_t size);

}  // namespace ax
