#include "adapterx/data/points/point_input.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "adapterx/base/error.h"
#include "adapterx/data/points/load_clouds.h"
#include "adapterx/data/points/point_dataset.h"
#include "adapterx/data/points/point_samples.h"
#include "adapterx/data/points/recognise_clouds.h"
#include "adapterx/kernels/points/farthest_points.h"

namespace ax {
namespace {

std::shared_ptr<const PointDataset> as_clouds(const std::shared_ptr<const Dataset>& dataset) {
  auto clouds = std::dynamic_pointer_cast<const PointDataset>(dataset);
  if (dataset && !clouds) fail("expected a data set of point clouds, got another kind of samples");
  return clouds;
}

std::string notes_of(const PointSplits& splits) {
  std::string text;
  if (splits.skipped.count > 0) {
    text += fmt::format("  {} files skipped:\n", splits.skipped.count);
    for (const std::string& error : splits.skipped.errors) text += fmt::format("    {}\n", error);
    if (splits.skipped.count > std::ssize(splits.skipped.errors)) text += "    ...\n";
  }
  if (!splits.left_out.empty()) {
    text += fmt::format("  {} classes left out as too small: {}\n", splits.left_out.size(),
                        fmt::join(splits.left_out, ", "));
  }
  return text;
}

// The first of the farthest points: well spread. Of the model's own number they are the centres of its
// patches.
std::vector<float> spread_points(std::span<const float> xyz, int64_t count) {
  std::vector<int32_t> indices(static_cast<size_t>(std::min(count, std::ssize(xyz) / 3)));
  kernels::farthest_points(xyz, std::ssize(indices), indices);
  std::vector<float> chosen;
  for (const int32_t i : indices) {
    const auto point = xyz.subspan(static_cast<size_t>(3 * i), 3);
    chosen.insert(chosen.end(), point.begin(), point.end());
  }
  return chosen;
}

}  // namespace

PointInput::PointInput(const PointPreprocess& preprocess) : preprocess_(preprocess) { check(preprocess_); }

std::string PointInput::text() const {
  return fmt::format("{} points{}", preprocess_.points,
                     preprocess_.unit_sphere ? ", centred in the unit sphere" : "");
}

ModelInputPtr PointInput::with(const PreprocessSettings& settings) const {
  if (settings.of_images()) {
    fail(
        "a point transformer; expected no options of images with it: preprocess, interpolation, crop, mean, "
        "std");
  }
  PointPreprocess p = preprocess_;
  p.unit_sphere = settings.unit_sphere.value_or(p.unit_sphere);
  if (settings.sample_points > 0) p.sample_points = settings.sample_points;
  p.sample_points = std::max(p.sample_points, p.points);
  return std::make_shared<PointInput>(p);
}

std::vector<std::filesystem::path> PointInput::find_files(
    std::span<const std::filesystem::path> paths) const {
  return find_shapes(paths);
}

std::vector<std::string> PointInput::load_files(std::span<const std::filesystem::path> files,
                                                const FileLoading&, std::span<float> out) const {
  return load_clouds(files, preprocess_, out);
}

bool PointInput::recognises(const DatasetSpec& spec) const { return holds_clouds(spec); }

DataSplits PointInput::open(const DatasetSpec& spec) const {
  PointSplits found = open_point_splits(spec);
  DataSplits splits;
  splits.notes = notes_of(found);
  splits.protocol.unit_sphere = found.unit_sphere;
  splits.format = std::move(found.format);
  splits.classes = std::move(found.classes);
  splits.train = std::move(found.train);
  splits.val = std::move(found.val);
  splits.test = std::move(found.test);
  return splits;
}

std::shared_ptr<const Dataset> PointInput::concatenate(const std::shared_ptr<const Dataset>& first,
                                                       const std::shared_ptr<const Dataset>& second) const {
  return ax::concatenate(as_clouds(first), as_clouds(second));
}

std::shared_ptr<const SampleSource> PointInput::samples(std::shared_ptr<const Dataset> dataset,
                                                        size_t cache_bytes) const {
  return point_samples(as_clouds(dataset), preprocess_, cache_bytes);
}

std::shared_ptr<const SampleSource> PointInput::samples(std::shared_ptr<const Dataset> dataset,
                                                        const Augmentation& augmentation,
                                                        size_t cache_bytes) const {
  return point_samples(as_clouds(dataset), preprocess_, augmentation.points, cache_bytes);
}

std::shared_ptr<const SampleSource> PointInput::drawn_samples(
    const std::shared_ptr<const Dataset>& dataset) const {
  return point_samples(as_clouds(dataset), preprocess_, PointAugment{.scale_translate = true});
}

Drawing PointInput::thumbnail(const Dataset& dataset, int64_t i) const {
  const std::shared_ptr<const Dataset> borrowed(std::shared_ptr<const Dataset>(), &dataset);
  std::vector<float> input(static_cast<size_t>(sample_size()));
  samples(borrowed, 0)->sample({.index = i}, input.data());
  Drawing drawing;
  drawing.points = spread_points(input, kThumbnailPoints);
  return drawing;
}

Drawing PointInput::portrait(std::span<const float> input, int64_t patches) const {
  Drawing drawing;
  drawing.points = spread_points(input, kPortraitPoints);
  drawing.patch_centers = spread_points(input, patches);
  return drawing;
}

}  // namespace ax
