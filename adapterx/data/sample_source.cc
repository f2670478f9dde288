#include "adapterx/data/sample_source.h"

#include <cstring>
#include <exception>
#include <utility>

#include "adapterx/base/error.h"

namespace ax {

SampleSource::SampleSource(std::shared_ptr<const ImageDataset> images, const Preprocess& preprocess,
                           const AugmentOptions& augment, size_t cache_bytes)
    : images_(std::move(images)),
      transform_(preprocess, augment),
      side_(preprocess.size),
      all_fit_(3 * transform_.pixels() <= cache_bytes / static_cast<size_t>(images_->size())),
      cache_(images_->size(), cache_bytes) {}

void SampleSource::keep(int64_t i, Image source, const uint8_t* pixels) const {
  const size_t resized = 3 * transform_.pixels();
  const bool keeps_resized = !transform_.resizes_at_random() && (all_fit_ || resized <= source.size());
  if (!keeps_resized) {
    if (!images_->in_memory() && cache_.has_room(source.size())) cache_.keep(i, {std::move(source), false});
    return;
  }
  if (!cache_.has_room(resized)) return;
  Image image = new_image(images_->name(i), side_, side_);
  std::memcpy(image.pixels.get(), pixels, resized);
  cache_.keep(i, {std::move(image), true});
}

void SampleSource::fetch(const SampleKey& key, uint8_t* pixels, Scratch& scratch) const {
  const ImageCache::Entry* kept = cache_.find(key.index);
  if (kept != nullptr && kept->resized) {
    std::memcpy(pixels, kept->image.pixels.get(), kept->image.size());
  } else if (kept != nullptr) {
    transform_.resize(kept->image, key, pixels, scratch.transform);
  } else {
    Image source = images_->image(key.index);
    transform_.resize(source, key, pixels, scratch.transform);
    keep(key.index, std::move(source), pixels);
  }
}

void SampleSource::sample(const SampleKey& key, float* out, Scratch& scratch) const {
  scratch.pixels.resize(3 * transform_.pixels());
  try {
    fetch(key, scratch.pixels.data(), scratch);
  } catch (const Error&) {
    throw;
  } catch (const std::exception& error) {
    fail("{}: cannot be loaded: {}", images_->name(key.index), error.what());
  }
  transform_.finish(scratch.pixels.data(), key, out, scratch.transform);
}

}  // namespace ax
