// SampleSource: the input that sample i is in an epoch, from data set, cache and transform. Internal to
// Loader.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "adapterx/data/dataset.h"
#include "adapterx/data/image_cache.h"
#include "adapterx/data/transform.h"

namespace ax {

class SampleSource {
 public:
  struct Scratch {
    std::vector<uint8_t> pixels;
    ImageTransform::Scratch transform;
  };

  SampleSource(std::shared_ptr<const ImageDataset> images, const Preprocess& preprocess,
               const AugmentOptions& augment, size_t cache_bytes);

  const ImageDataset& images() const { return *images_; }

  // out: [3, size, size]. May be called by any thread with scratch of its own. Throws Error naming the image.
  void sample(const SampleKey& key, float* out, Scratch& scratch) const;

 private:
  void fetch(const SampleKey& key, uint8_t* pixels, Scratch& scratch) const;
  void keep(int64_t i, Image source, const uint8_t* pixels) const;

  std::shared_ptr<const ImageDataset> images_;
  ImageTransform transform_;
  int64_t side_;
  bool all_fit_;  // in the cache, resized
  mutable ImageCache cache_;
};

}  // namespace ax
