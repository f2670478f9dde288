// torchvision's ColorJitter and RandomGrayscale.
#pragma once

#include <cstdint>

#include "adapterx/data/draws.h"
#include "adapterx/data/images/augment.h"

namespace ax {

// Brightness, contrast, saturation and hue, those that are on, in an order drawn at random; then, by chance,
// grey. pixels: u8 [count, 3], in place.
void jitter_colours(const AugmentOptions& options, const SampleKey& key, uint8_t* pixels, int64_t count);

}  // namespace ax
