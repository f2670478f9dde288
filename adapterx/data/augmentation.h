// What training does to its samples at random, of either kind: an input takes its own part.
#pragma once

#include "adapterx/data/images/augment.h"
#include "adapterx/data/points/point_augment.h"

namespace ax {

struct Augmentation {
  AugmentOptions images;
  PointAugment points;
};

}  // namespace ax
