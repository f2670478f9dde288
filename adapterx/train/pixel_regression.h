// Logistic regression on raw pixels: the floor that a backbone's features have to beat. Images are squashed
// to size x size, their values scaled to [-1, 1]; multinomial logistic regression with an L2 penalty on the
// weights,
//   mean cross-entropy + l2 / 2 * |W|^2,
// is fitted to all images at once, from zero. The penalty is the one of a list that does best on the
// validation images; the final fit is on training and validation images together.
#pragma once

#include <memory>
#include <vector>

#include "adapterx/base/setting.h"
#include "adapterx/data/images/image_dataset.h"

namespace ax {

struct PixelRegressionOptions {
  int64_t size = 28;  // pixels of a side
  std::vector<float> l2 = {3e-4f, 1e-3f, 3e-3f, 1e-2f, 3e-2f};
  int64_t steps = 400;  // of AdamW on the whole set, the rate falling to zero by a cosine
  float lr = 3e-3f;
};

// "method.size": what `adapterx baseline` and suites let users set.
std::vector<Setting> pixel_regression_settings(PixelRegressionOptions& options);

struct PixelRegression {
  float l2 = 0;              // chosen; without validation images the first of the list
  double val_accuracy = -1;  // of the fit on the training images alone; -1: no validation images
  double accuracy = 0;       // on the test images
  int64_t images = 0;        // tested
  int64_t parameters = 0;
};

// val may be null. Throws Error on images that can't be read.
PixelRegression pixel_regression(const ImageDataset& train, const ImageDataset* val, const ImageDataset& test,
                                 int64_t classes, const PixelRegressionOptions& options = {});

}  // namespace ax
