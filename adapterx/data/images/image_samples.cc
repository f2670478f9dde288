#include "adapterx/data/images/image_samples.h"

#include <cstring>
#include <exception>
#include <utility>

#include "adapterx/base/error.h"
#include "adapterx/data/images/mixup.h"
#include "adapterx/data/images/transform.h"
#include "adapterx/data/sample_cache.h"

namespace ax {
namespace {

struct ImageSize {
  int64_t height = 0, width = 0;
};

struct Kept {
  Image image;
  bool resized = false;  // to the input's size
  ImageSize source;      // as it was decoded
};

struct Scratch {
  std::vector<uint8_t> pixels;
  ImageTransform::Scratch transform;
};

class ImageSamples : public SampleSource {
 public:
  ImageSamples(std::shared_ptr<const ImageDataset> images, const Preprocess& preprocess,
               const AugmentOptions& augment, size_t cache_bytes)
      : images_(std::move(images)),
        augment_(augment),
        transform_(preprocess, augment),
        plain_(preprocess, {}),
        side_(preprocess.size),
        all_fit_(3 * transform_.pixels() <= cache_bytes / static_cast<size_t>(images_->size())),
        cache_(images_->size(), cache_bytes) {}

  const Dataset& dataset() const override { return *images_; }
  int64_t input_size() const override { return 3 * side_ * side_; }

  Placement sample(const SampleKey& key, float* out) const override {
    thread_local Scratch scratch;
    scratch.pixels.resize(3 * transform_.pixels());
    ImageSize source;
    try {
      source = fetch(key, scratch.pixels.data(), scratch);
    } catch (const Error&) {
      throw;
    } catch (const std::exception& error) {
      fail("{}: cannot be loaded: {}", images_->name(key.index), error.what());
    }
    const ImageTransform& transform = transform_of(key.index);
    transform.finish(scratch.pixels.data(), key, out, scratch.transform);
    return transform.placement(source.height, source.width, key);
  }

  bool stays() const override { return is_off(augment_); }

  KeptSamples kept() const override { return cache_.kept(); }

  bool mixes() const override { return ax::mixes_targets(augment_); }

  void mix(const SampleKey& key, int64_t count, std::span<float> inputs,
           std::span<float> targets) const override {
    const BatchMix mix = draw_mix(augment_, side_, side_, key);
    mix_images(mix, count, side_, side_, inputs.data());
    if (!targets.empty()) mix_targets(mix, count, std::ssize(targets) / count, targets.data());
  }

 private:
  const ImageTransform& transform_of(int64_t i) const { return images_->augmented(i) ? transform_ : plain_; }

  // The size of the image as it was decoded.
  ImageSize fetch(const SampleKey& key, uint8_t* pixels, Scratch& scratch) const {
    const ImageTransform& transform = transform_of(key.index);
    const Kept* kept = cache_.find(key.index);
    if (kept != nullptr && kept->resized) {
      std::memcpy(pixels, kept->image.pixels.get(), kept->image.size());
      return kept->source;
    }
    if (kept != nullptr) {
      transform.resize(kept->image, key, pixels, scratch.transform);
      return kept->source;
    }
    Image source = images_->image(key.index);
    const ImageSize size{source.height, source.width};
    transform.resize(source, key, pixels, scratch.transform);
    keep(key.index, std::move(source), pixels);
    return size;
  }

  void keep(int64_t i, Image source, const uint8_t* pixels) const {
    const size_t resized = 3 * transform_.pixels();
    const ImageSize size{source.height, source.width};
    const bool keeps_resized = !transform_of(i).resizes_at_random() && (all_fit_ || resized <= source.size());
    if (!keeps_resized) {
      const size_t bytes = source.size();
      if (!images_->in_memory() && cache_.has_room(bytes))
        cache_.keep(i, {std::move(source), false, size}, bytes);
      return;
    }
    if (!cache_.has_room(resized)) return;
    Image image = new_image(images_->name(i), side_, side_);
    std::memcpy(image.pixels.get(), pixels, resized);
    cache_.keep(i, {std::move(image), true, size}, resized);
  }

  std::shared_ptr<const ImageDataset> images_;
  AugmentOptions augment_;
  ImageTransform transform_, plain_;
  int64_t side_;
  bool all_fit_;  // in the cache, resized
  mutable SampleCache<Kept> cache_;
};

}  // namespace

std::shared_ptr<const SampleSource> image_samples(std::shared_ptr<const ImageDataset> images,
                                                  const Preprocess& preprocess, const AugmentOptions& augment,
                                                  size_t cache_bytes) {
  if (!images || images->size() < 1) fail("loader: expected images, got none");
  return std::make_shared<ImageSamples>(std::move(images), preprocess, augment, cache_bytes);
}

}  // namespace ax
