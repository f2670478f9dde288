// Fractals, each class an iterated function system: images of labelled shapes by formulas alone, to pretrain
// on (FractalDB, arXiv 2101.08515).
#pragma once

#include "adapterx/base/setting.h"
#include "adapterx/data/images/image_dataset.h"
#include "adapterx/data/sources/fractal_image.h"

namespace ax {

struct FractalOptions {
  int64_t classes = 200, per_class = 100;
  FractalStyle style;
  double filling = 0.2;  // least part of the frame that an attractor fills
  int64_t size = 64;
  uint64_t seed = 0;  // of the classes, too
};

std::vector<Setting> fractal_settings(FractalOptions& options);
ImageSplits open_fractals(const FractalOptions& options);

}  // namespace ax
