// Data sets of images as one, a head for each of their label sets: what a backbone is pretrained on. Internal
// to open_image_splits.
#pragma once

#include <string>
#include <vector>

#include "adapterx/data/images/image_dataset.h"

namespace ax {

struct JoinedPart {
  std::string path;    // "data/cifar10", "glyphs:classes=400": the heads are named by it
  ImageSplits splits;  // with training images
  int64_t repeats = 1;
};

// The training images of all, one part after the other, each as often as it says; no validation or test
// images. Throws Error on a part without training images.
ImageSplits join_images(const std::vector<JoinedPart>& parts);

}  // namespace ax
