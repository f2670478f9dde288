// The floor that every method has to beat, as a run of its own: logistic regression on raw pixels
// (train/pixel_regression.h).
#pragma once

#include "adapterx/train/config.h"
#include "adapterx/train/pixel_regression.h"

namespace ax {

struct PixelBaseline : PixelRegression {
  double seconds = 0;
};

// Of config.data, on images of size x size pixels. Where config.train.out is named, it becomes a run's folder
// with config.toml and result.json. Throws Error where there are no training or no test images.
PixelBaseline run_pixel_baseline(TrainConfig config, int64_t size);

}  // namespace ax
