// ImageTransform: from a decoded image to a model's input, with the augmentation of training on the way:
// resize (or random crop), pad and crop, flip, RandAugment, colour jitter, grayscale, normalisation, erasing.
// Each step is drawn by (seed, epoch, index) alone. All on 8-bit RGB, as with Pillow, up to normalisation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "adapterx/data/draws.h"
#include "adapterx/data/images/augment.h"
#include "adapterx/data/images/preprocess.h"
#include "adapterx/data/images/random_crop.h"
#include "adapterx/data/placement.h"
#include "adapterx/io/images/image.h"

namespace ax {

class ImageTransform {
 public:
  // One a thread; grows to what the largest image needs.
  struct Scratch {
    std::vector<uint8_t> pixels;
    std::vector<std::byte> resize;
  };

  // Throws Error as check(Preprocess) and check(AugmentOptions) do, and where pad_crop is not below the size.
  ImageTransform(const Preprocess& preprocess, const AugmentOptions& augment);

  // Whether resize gives other pixels from draw to draw: if not, they may be kept.
  bool resizes_at_random() const { return augment_.random_resized_crop; }
  size_t pixels() const { return static_cast<size_t>(preprocess_.size * preprocess_.size); }

  // out: [size, size, 3].
  void resize(const Image& image, const SampleKey& key, uint8_t* out, Scratch& scratch) const;
  // What follows. pixels: [size, size, 3], overwritten; out: [3, size, size].
  void finish(uint8_t* pixels, const SampleKey& key, float* out, Scratch& scratch) const;

  // Where an image of that size comes to lie by both.
  Placement placement(int64_t height, int64_t width, const SampleKey& key) const;

 private:
  struct Shift {
    int64_t y = 0, x = 0;
  };
  CropBox crop_box(int64_t height, int64_t width, const SampleKey& key) const;  // of random_resized_crop
  Shift shift(const SampleKey& key) const;                                      // of pad_crop
  bool is_flipped(const SampleKey& key) const;

  Preprocess preprocess_;
  AugmentOptions augment_;
};

}  // namespace ax
