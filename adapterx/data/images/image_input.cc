#include "adapterx/data/images/image_input.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "adapterx/base/error.h"
#include "adapterx/data/images/image_dataset.h"
#include "adapterx/data/images/image_samples.h"
#include "adapterx/data/images/load_images.h"

namespace ax {
namespace {

std::shared_ptr<const ImageDataset> as_images(const std::shared_ptr<const Dataset>& dataset) {
  auto images = std::dynamic_pointer_cast<const ImageDataset>(dataset);
  if (dataset && !images) fail("expected a data set of images, got another kind of samples");
  return images;
}

// A number for each channel, where the setting has any.
void take_channels(std::string_view name, const std::vector<float>& setting, std::array<float, 3>& out) {
  if (setting.empty()) return;
  if (setting.size() != out.size()) fail("{}: expected 3 numbers, got {}", name, setting.size());
  std::ranges::copy(setting, out.begin());
}

// The values of an input [3, side, side] as the pixels they were made of.
Image pixels_of(std::span<const float> input, const Preprocess& preprocess) {
  const int64_t side = preprocess.size;
  Image image = new_image("thumbnail", side, side);
  for (int64_t i = 0; i < side * side; ++i) {
    for (int64_t c = 0; c < 3; ++c) {
      const size_t channel = static_cast<size_t>(c);
      const float x = input[static_cast<size_t>(c * side * side + i)] * preprocess.std[channel] +
                      preprocess.mean[channel];
      image.pixels[static_cast<size_t>(3 * i + c)] =
          static_cast<uint8_t>(std::lround(255 * std::clamp(x, 0.0f, 1.0f)));
    }
  }
  return image;
}

}  // namespace

ImageInput::ImageInput(const Preprocess& preprocess) : preprocess_(preprocess) { check(preprocess_); }

ModelInputPtr ImageInput::with(const PreprocessSettings& settings) const {
  if (settings.unit_sphere || settings.sample_points > 0) {
    fail("unit_sphere, sample_points: settings of point clouds; the model is one of images");
  }
  Preprocess p = settings.preset.empty() ? preprocess_ : preprocess_preset(settings.preset);
  p.size = preprocess_.size;
  p.interpolation = settings.interpolation.value_or(p.interpolation);
  p.crop = settings.crop.value_or(p.crop);
  if (settings.crop_pct > 0) p.crop_pct = settings.crop_pct;
  take_channels("mean", settings.mean, p.mean);
  take_channels("std", settings.std, p.std);
  return std::make_shared<ImageInput>(p);
}

std::vector<std::filesystem::path> ImageInput::find_files(
    std::span<const std::filesystem::path> paths) const {
  return find_images(paths);
}

std::vector<std::string> ImageInput::load_files(std::span<const std::filesystem::path> files,
                                                const FileLoading& options, std::span<float> out) const {
  return load_images(files, {preprocess_, {}, options.scaled_jpeg}, out);
}

DataSplits ImageInput::open(const DatasetSpec& spec) const {
  ImageSplits found = open_image_splits(spec);
  DataSplits splits;
  splits.format = std::move(found.format);
  splits.classes = std::move(found.classes);
  splits.heads = std::move(found.heads);
  splits.train = std::move(found.train);
  splits.val = std::move(found.val);
  splits.test = std::move(found.test);
  return splits;
}

std::shared_ptr<const Dataset> ImageInput::concatenate(const std::shared_ptr<const Dataset>& first,
                                                       const std::shared_ptr<const Dataset>& second) const {
  return ax::concatenate(as_images(first), as_images(second));
}

std::shared_ptr<const SampleSource> ImageInput::samples(std::shared_ptr<const Dataset> dataset,
                                                        size_t cache_bytes) const {
  return image_samples(as_images(dataset), preprocess_, {}, cache_bytes);
}

std::shared_ptr<const SampleSource> ImageInput::samples(std::shared_ptr<const Dataset> dataset,
                                                        const Augmentation& augmentation,
                                                        size_t cache_bytes) const {
  return image_samples(as_images(dataset), preprocess_, augmentation.images, cache_bytes);
}

// The sides' ratio is lost where the image is large: a mistake is looked at as the model saw it.
Drawing ImageInput::thumbnail(const Dataset& dataset, int64_t i) const {
  Image image = dynamic_cast<const ImageDataset&>(dataset).image(i);
  Drawing drawing;
  if (std::max(image.width, image.height) <= kThumbnailSide) {
    drawing.image = std::move(image);
    return drawing;
  }
  Preprocess small;
  small.size = kThumbnailSide;
  small.crop = Crop::squash;
  std::vector<float> values(static_cast<size_t>(3 * kThumbnailSide * kThumbnailSide));
  preprocess_image(image, small, values);
  drawing.image = pixels_of(values, small);
  return drawing;
}

Drawing ImageInput::portrait(std::span<const float> input, int64_t) const {
  Drawing drawing;
  drawing.image = pixels_of(input, preprocess_);
  return drawing;
}

}  // namespace ax
