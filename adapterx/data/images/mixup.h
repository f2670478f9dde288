// Mixup (Zhang et al., ICLR 2018) and CutMix (Yun et al., ICCV 2019) of a batch with itself in reverse order,
// one draw a batch: timm's Mixup with mode "batch", prob 1 and switch_prob 0.5.
#pragma once

#include <cstdint>
#include <span>

#include "adapterx/data/draws.h"
#include "adapterx/data/images/augment.h"
#include "adapterx/data/images/random_crop.h"

namespace ax {

struct BatchMix {
  double lambda = 1;  // the share of an image's own target; of its own values too where box is empty
  CropBox box = {};   // the part that comes from the other image
  bool operator==(const BatchMix&) const = default;
};

// Beta(alpha, alpha), alpha > 0; in (0, 1) or on its ends where doubles have no other value.
double draw_beta(double alpha, Draws& draws);

// key.index: the batch in its epoch. CutMix: a box of the area (1 - lambda), sides in the image's ratio
// rounded down to even numbers, its middle anywhere, cut off at the edges; lambda is then what is left.
BatchMix draw_mix(const AugmentOptions& options, int64_t height, int64_t width, const SampleKey& key);

// images: [count, 3, height, width], in place.
void mix_images(const BatchMix& mix, int64_t count, int64_t height, int64_t width, float* images);

// targets: [count, classes], in place.
void mix_targets(const BatchMix& mix, int64_t count, int64_t classes, float* targets);

}  // namespace ax
