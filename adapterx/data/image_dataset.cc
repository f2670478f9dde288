#include "adapterx/data/image_dataset.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>
#include <utility>

#include "adapterx/base/error.h"
#include "adapterx/data/dataset_views.h"
#include "adapterx/data/image_formats.h"
#include "adapterx/data/stratify.h"
#include "adapterx/io/file_bytes.h"
#include "adapterx/io/image_list.h"

namespace ax {
namespace {

namespace fs = std::filesystem;
using Images = std::shared_ptr<const ImageDataset>;

class ImageSubset : public SubsetOf<ImageDataset> {
 public:
  using SubsetOf::SubsetOf;
  Image image(int64_t i) const override { return whole().image(at(i)); }
  bool in_memory() const override { return whole().in_memory(); }
};

class ImageConcatenation : public ConcatenationOf<ImageDataset> {
 public:
  using ConcatenationOf::ConcatenationOf;
  Image image(int64_t i) const override { return part(i).image(within(i)); }
  bool in_memory() const override { return first().in_memory() && second().in_memory(); }
};

ImageSplits open_format(const DatasetSpec& spec) {
  const fs::path& path = spec.path;
  const std::vector<std::string> formats = {"auto", "folder", "vtab", "csv", "idx"};
  if (std::ranges::find(formats, spec.format) == formats.end()) {
    fail("data format `{}`: expected {}{}", spec.format, fmt::join(formats, ", "),
         did_you_mean(spec.format, formats));
  }
  std::error_code error;
  if (!fs::exists(path, error)) fail("{}: no such file or folder", path.string());
  const bool is_folder = fs::is_directory(path, error);
  std::string format = spec.format;
  if (format == "auto") {
    format = !is_folder ? "csv" : is_image_vtab(path) ? "vtab" : is_image_idx(path) ? "idx" : "folder";
  }
  if (is_folder == (format == "csv")) {
    fail("{}: expected {} for data of format {}, got a {}", path.string(), is_folder ? "a file" : "a folder",
         format, is_folder ? "folder" : "file");
  }
  if (format == "csv") return open_image_csv(path);
  if (format == "vtab") return open_image_vtab(path);
  return format == "idx" ? open_image_idx(path) : open_image_folder(path);
}

std::vector<int32_t> labels_of(const ImageDataset& images) {
  std::vector<int32_t> labels;
  for (int64_t i = 0; i < images.size(); ++i) labels.push_back(images.label(i));
  return labels;
}

// A stratified subset of so many images, or all where count is 0.
Images drawn(Images images, int64_t classes, int64_t count, uint64_t seed, std::string_view what) {
  if (count == 0 || !images) return images;
  return subset(images, stratified_draw(labels_of(*images), classes, count, seed, what));
}

std::vector<int64_t> others(int64_t size, const std::vector<int64_t>& sorted) {
  std::vector<int64_t> all(static_cast<size_t>(size)), rest;
  std::iota(all.begin(), all.end(), int64_t{0});
  std::ranges::set_difference(all, sorted, std::back_inserter(rest));
  return rest;
}

int64_t validation_size(const DatasetSpec& spec, int64_t images) {
  if (spec.val_size > 0) return spec.val_size;
  const int64_t of = spec.train_size > 0 ? spec.train_size : images;
  return static_cast<int64_t>(std::llround(spec.val_fraction * static_cast<double>(of)));
}

void check_sizes(const DatasetSpec& spec, const ImageSplits& splits) {
  if (spec.train_size < 0 || spec.val_size < 0) {
    fail("{}: expected sizes of 0 or more, got {} and {}", spec.path.string(), spec.train_size,
         spec.val_size);
  }
  if (!(spec.val_fraction >= 0 && spec.val_fraction < 1)) {
    fail("{}: expected a validation part in [0, 1), got {}", spec.path.string(), spec.val_fraction);
  }
  if (!splits.train) return;
  const int64_t val = splits.val ? 0 : validation_size(spec, splits.train->size());
  const int64_t train = std::max<int64_t>(spec.train_size, 1);
  if (val + train > splits.train->size()) {
    fail("{}: expected at least {} training images ({} and {} for validation), got {}", spec.path.string(),
         val + train, train, val, splits.train->size());
  }
  if (splits.val && spec.val_size > splits.val->size()) {
    fail("{}: expected at least {} validation images, got {}", spec.path.string(), spec.val_size,
         splits.val->size());
  }
}

void rename_classes(const fs::path& file, ImageSplits& splits) {
  std::vector<std::string> names = read_name_list(FileBytes::map(file));
  const size_t classes = splits.classes.size();
  if (names.size() < classes || (splits.format == "folder" && names.size() > classes)) {
    fail("{}: expected the names of {} classes, got {}", file.string(), classes, names.size());
  }
  splits.classes = std::move(names);
}

}  // namespace

ImageSplits open_image_splits(const DatasetSpec& spec) {
  ImageSplits splits = open_format(spec);
  if (!spec.class_names.empty()) rename_classes(spec.class_names, splits);
  check_sizes(spec, splits);
  if (splits.classes.size() < 2) {
    fail("{}: expected at least 2 classes, got {}", spec.path.string(), splits.classes.size());
  }
  const auto classes = static_cast<int64_t>(splits.classes.size());
  if (splits.val || !splits.train) {
    splits.val = drawn(splits.val, classes, spec.val_size, spec.seed, "data.val");
  } else if (const int64_t count = validation_size(spec, splits.train->size()); count > 0) {
    const auto val = stratified_draw(labels_of(*splits.train), classes, count, spec.seed, "data.val");
    splits.val = subset(splits.train, val);
    splits.train = subset(splits.train, others(splits.train->size(), val));
  }
  splits.train = drawn(splits.train, classes, spec.train_size, spec.seed, "data.train");
  return splits;
}

Images subset(Images images, std::vector<int64_t> indices) {
  return std::make_shared<ImageSubset>(std::move(images), std::move(indices));
}

Images concatenate(Images first, Images second) {
  if (!first || !second) return first ? first : second;
  return std::make_shared<ImageConcatenation>(std::move(first), std::move(second));
}

}  // namespace ax
