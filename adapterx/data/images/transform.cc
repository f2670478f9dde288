#include "adapterx/data/images/transform.h"

#include <algorithm>
#include <cstring>

#include "adapterx/base/error.h"
#include "adapterx/data/images/colour_jitter.h"
#include "adapterx/data/images/load_images.h"
#include "adapterx/data/images/rand_augment.h"
#include "adapterx/data/images/random_crop.h"
#include "adapterx/kernels/pixels/crop_pixels.h"
#include "adapterx/kernels/pixels/pixels.h"

namespace ax {
namespace {

template <class T>
T* grown(std::vector<T>& buffer, size_t size) {
  if (buffer.size() < size) buffer.resize(size);
  return buffer.data();
}

kernels::ResizeSpec cropped_spec(const Preprocess& p, const CropBox& box) {
  kernels::ResizeSpec spec;
  spec.height = box.height;
  spec.width = box.width;
  spec.resized_height = spec.resized_width = p.size;
  spec.interpolation = p.interpolation;
  return spec;
}

void pad_and_crop(const AugmentOptions& o, int64_t size, int64_t y, int64_t x, uint8_t* pixels,
                  ImageTransform::Scratch& scratch) {
  const auto bytes = static_cast<size_t>(3 * size * size);
  uint8_t* copy = grown(scratch.pixels, bytes);
  std::memcpy(copy, pixels, bytes);
  kernels::shift_crop(copy, size, y, x, o.pad_reflect ? kernels::Border::reflect : kernels::Border::zero,
                      pixels);
}

// The part of an image that becomes [height, width] pixels.
Placement part_of(int64_t y, int64_t x, int64_t part_height, int64_t part_width, int64_t height,
                  int64_t width) {
  return scaled_part({static_cast<double>(x), static_cast<double>(y)},
                     static_cast<double>(part_width) / static_cast<double>(width),
                     static_cast<double>(part_height) / static_cast<double>(height));
}

Placement moved(int64_t y, int64_t x) {
  return scaled_part({static_cast<double>(x), static_cast<double>(y)}, 1, 1);
}

bool jitters(const AugmentOptions& o) {
  return o.brightness > 0 || o.contrast > 0 || o.saturation > 0 || o.hue > 0 || o.grayscale > 0;
}

void erase(int64_t size, Draws& draws, const SampleKey& key, float* out) {
  const CropBox box = draw_erased_box(size, size, draws);
  const Rng noise(key.seed, key.epoch, place_of("augment.noise"));
  uint64_t number = static_cast<uint64_t>(key.index) << 32;
  for (int64_t c = 0; c < 3; ++c) {
    for (int64_t y = box.y; y < box.y + box.height; ++y) {
      float* row = out + (c * size + y) * size;
      for (int64_t x = box.x; x < box.x + box.width; ++x) row[x] = noise.normal(number++);
    }
  }
}

}  // namespace

ImageTransform::ImageTransform(const Preprocess& preprocess, const AugmentOptions& augment)
    : preprocess_(preprocess), augment_(augment) {
  check(preprocess);
  check(augment);
  if (augment.pad_crop >= preprocess.size) {
    fail("augmentation: pad_crop: expected less than the input's {} pixels, got {}", preprocess.size,
         augment.pad_crop);
  }
}

CropBox ImageTransform::crop_box(int64_t height, int64_t width, const SampleKey& key) const {
  Draws draws(key, "augment.crop");
  return draw_resized_crop(augment_, height, width, draws);
}

ImageTransform::Shift ImageTransform::shift(const SampleKey& key) const {
  if (augment_.pad_crop == 0) return {};
  Draws draws(key, "augment.pad_crop");
  const int64_t y = draws.below(2 * augment_.pad_crop + 1) - augment_.pad_crop;
  return {y, draws.below(2 * augment_.pad_crop + 1) - augment_.pad_crop};
}

bool ImageTransform::is_flipped(const SampleKey& key) const {
  return augment_.flip > 0 && Draws(key, "augment.flip").chance(augment_.flip);
}

void ImageTransform::resize(const Image& image, const SampleKey& key, uint8_t* out, Scratch& scratch) const {
  const uint8_t* from = image.pixels.get();
  kernels::ResizeSpec spec = plan_resize(preprocess_, image.height, image.width);
  if (augment_.random_resized_crop) {
    const CropBox box = crop_box(image.height, image.width, key);
    spec = cropped_spec(preprocess_, box);
    from = image.row(box.y) + 3 * box.x;
  }
  const kernels::Resizer resizer(spec);
  std::byte* memory = grown(scratch.resize, resizer.scratch_bytes(3));
  resizer.run(from, static_cast<int64_t>(image.stride()), 3, out, memory);
}

void ImageTransform::finish(uint8_t* pixels, const SampleKey& key, float* out, Scratch& scratch) const {
  const AugmentOptions& o = augment_;
  const int64_t size = preprocess_.size;
  if (o.pad_crop > 0) {
    const auto [y, x] = shift(key);
    pad_and_crop(o, size, y, x, pixels, scratch);
  }
  if (is_flipped(key)) kernels::mirror_rows(pixels, size, size);
  if (o.randaugment_ops > 0) rand_augment(o, key, size, pixels, scratch.pixels);
  if (jitters(o)) jitter_colours(o, key, pixels, size * size);
  kernels::normalise_pixels(pixels, size * size, 3, {preprocess_.mean, preprocess_.std}, out);
  if (o.erase > 0) {
    Draws draws(key, "augment.erase");
    if (draws.chance(o.erase)) erase(size, draws, key, out);
  }
}

Placement ImageTransform::placement(int64_t height, int64_t width, const SampleKey& key) const {
  const int64_t size = preprocess_.size;
  Placement placed;
  if (augment_.random_resized_crop) {
    const CropBox box = crop_box(height, width, key);
    placed = part_of(box.y, box.x, box.height, box.width, size, size);
  } else {
    const kernels::ResizeSpec spec = plan_resize(preprocess_, height, width);
    placed = part_of(0, 0, height, width, spec.resized_height, spec.resized_width);
    if (spec.window) placed = placed.then(moved(spec.window->y, spec.window->x));
  }
  const auto [y, x] = shift(key);
  placed = placed.then(moved(y, x));
  if (is_flipped(key)) placed = placed.then(mirrored(static_cast<double>(size)));
  return placed.then(rand_augment_placement(augment_, key, size));
}

}  // namespace ax
