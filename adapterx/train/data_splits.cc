#include "adapterx/train/data_splits.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

#include "adapterx/data/images/image_samples.h"
#include "adapterx/data/points/point_samples.h"

namespace ax {
namespace {

template <class Splits>
auto part(const Splits& splits, Split split) {
  return split == Split::train ? splits.train : split == Split::val ? splits.val : splits.test;
}

}  // namespace

std::string_view to_string(Split split) {
  return split == Split::train ? "train" : split == Split::val ? "val" : "test";
}

DatasetSpec dataset_spec(const DataConfig& data) {
  DatasetSpec spec;
  spec.path = data.path;
  spec.format = data.format;
  spec.val_fraction = data.val_fraction;
  spec.train_size = data.train_size;
  spec.val_size = data.val_size;
  spec.seed = data.split_seed;
  spec.class_names = data.class_names;
  spec.all_labels = data.labels == LabelsTaken::all;
  return spec;
}

int64_t sample_points_of(const DataConfig& config) {
  return config.sample_points > 0 ? config.sample_points : PointPreprocess{}.sample_points;
}

DataSplits open_splits(const DataConfig& config, bool points, bool labelled) {
  DatasetSpec spec = dataset_spec(config);
  spec.labelled = labelled;
  if (points) {
    spec.variant = config.variant;
    spec.min_class_size = config.min_class_size;
    spec.sample_points = sample_points_of(config);
    return open_point_splits(spec);
  }
  return open_image_splits(spec);
}

const std::vector<std::string>& class_names(const DataSplits& splits) {
  return std::visit([](const auto& s) -> const std::vector<std::string>& { return s.classes; }, splits);
}

const std::vector<Head>& heads_of(const DataSplits& splits) {
  static const std::vector<Head> one;
  const auto* images = std::get_if<ImageSplits>(&splits);
  return images == nullptr ? one : images->heads;
}

std::shared_ptr<const Dataset> dataset_of(const DataSplits& splits, Split split) {
  return std::visit([&](const auto& s) -> std::shared_ptr<const Dataset> { return part(s, split); }, splits);
}

std::string_view sample_noun(const DataSplits& splits) {
  return std::holds_alternative<PointSplits>(splits) ? "clouds" : "images";
}

std::string notes_of(const DataSplits& splits) {
  std::string text;
  const auto* clouds = std::get_if<PointSplits>(&splits);
  if (clouds == nullptr) return text;
  if (clouds->skipped.count > 0) {
    text += fmt::format("  {} files skipped:\n", clouds->skipped.count);
    for (const std::string& error : clouds->skipped.errors) text += fmt::format("    {}\n", error);
    if (clouds->skipped.count > std::ssize(clouds->skipped.errors)) text += "    ...\n";
  }
  if (!clouds->left_out.empty()) {
    text += fmt::format("  {} classes left out as too small: {}\n", clouds->left_out.size(),
                        fmt::join(clouds->left_out, ", "));
  }
  return text;
}

void leave_out_test(DataSplits& splits) {
  std::visit([](auto& s) { s.test = nullptr; }, splits);
}

void train_on_validation(DataSplits& splits) {
  std::visit(
      [](auto& s) {
        s.train = concatenate(s.train, s.val);
        s.val = nullptr;
      },
      splits);
}

std::shared_ptr<const SampleSource> samples_of(const DataSplits& splits, Split split,
                                               const InputPreprocess& preprocess, size_t cache_bytes) {
  if (const auto* clouds = std::get_if<PointSplits>(&splits)) {
    return point_samples(part(*clouds, split), std::get<PointPreprocess>(preprocess), cache_bytes);
  }
  return image_samples(part(std::get<ImageSplits>(splits), split), std::get<Preprocess>(preprocess), {},
                       cache_bytes);
}

std::shared_ptr<const SampleSource> augmented_samples(const DataSplits& splits, Split split,
                                                      const InputPreprocess& preprocess,
                                                      const TrainConfig& config, size_t cache_bytes) {
  if (const auto* clouds = std::get_if<PointSplits>(&splits)) {
    return point_samples(part(*clouds, split), std::get<PointPreprocess>(preprocess), config.point_augment,
                         cache_bytes);
  }
  return image_samples(part(std::get<ImageSplits>(splits), split), std::get<Preprocess>(preprocess),
                       config.augment, cache_bytes);
}

}  // namespace ax
