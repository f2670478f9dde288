#include "adapterx/data/points/point_dataset.h"

#include <algorithm>
#include <array>
#include <utility>

#include "adapterx/base/error.h"
#include "adapterx/data/dataset_views.h"
#include "adapterx/data/points/point_formats.h"
#include "adapterx/data/splits.h"

namespace ax {
namespace {

namespace fs = std::filesystem;
using Clouds = std::shared_ptr<const PointDataset>;

class CloudSubset : public SubsetOf<PointDataset> {
 public:
  using SubsetOf::SubsetOf;
  PointCloud points(int64_t i) const override { return whole().points(at(i)); }
  bool in_memory() const override { return whole().in_memory(); }
};

class CloudConcatenation : public ConcatenationOf<PointDataset> {
 public:
  using ConcatenationOf::ConcatenationOf;
  PointCloud points(int64_t i) const override { return part(i).points(within(i)); }
  bool in_memory() const override { return first().in_memory() && second().in_memory(); }
};

// A subset whose label l counts as numbers[l].
class Relabelled : public CloudSubset {
 public:
  Relabelled(Clouds whole, std::vector<int64_t> indices, std::vector<int32_t> numbers)
      : CloudSubset(std::move(whole), std::move(indices)), numbers_(std::move(numbers)) {}
  int32_t label(int64_t i) const override { return numbers_[static_cast<size_t>(CloudSubset::label(i))]; }

 private:
  std::vector<int32_t> numbers_;
};

struct Format {
  std::string_view name;
  std::string_view extension;  // of a file; "": a folder, or "folder or file"
  bool takes_folder;
  bool names_each_class;  // a file of class names must not have more
  bool has_variants;
  PointSplits (*open)(const DatasetSpec&);
};

constexpr auto kFormats = std::to_array<Format>({
    {"scanobjectnn", "", true, true, true, open_scanobjectnn},
    {"modelnet", "", true, true, true, open_modelnet},
    {"fewshot", ".pkl", true, false, true, open_fewshot},
    {"npz", ".npz", false, false, false, open_point_npz},
    {"shapes", "", true, true, false, open_shape_folder},
    {"csv", ".csv", false, false, false, open_shape_csv},
});

std::string_view detect(const fs::path& path, bool is_folder) {
  if (is_folder) {
    return is_scanobjectnn(path) ? "scanobjectnn"
           : is_modelnet(path)   ? "modelnet"
           : is_fewshot(path)    ? "fewshot"
                                 : "shapes";
  }
  const std::string extension = path.extension().string();
  for (const Format& format : kFormats) {
    if (!format.extension.empty() && extension == format.extension) return format.name;
  }
  fail("{}: expected a folder, or a file named *.npz, *.csv or *.pkl", path.string());
}

const Format& format_of(const DatasetSpec& spec) {
  std::vector<std::string> names = {"auto"};
  for (const Format& format : kFormats) names.emplace_back(format.name);
  if (std::ranges::find(names, spec.format) == names.end()) {
    fail("data format `{}`: expected {}{}", spec.format, fmt::join(names, ", "),
         did_you_mean(spec.format, names));
  }
  std::error_code error;
  if (!fs::exists(spec.path, error)) fail("{}: no such file or folder", spec.path.string());
  const bool is_folder = fs::is_directory(spec.path, error);
  const std::string_view name = spec.format == "auto" ? detect(spec.path, is_folder) : spec.format;
  const Format& format = *std::ranges::find(kFormats, name, &Format::name);
  if (is_folder ? !format.takes_folder : format.extension.empty()) {
    fail("{}: expected {} for data of format {}, got a {}", spec.path.string(),
         is_folder ? "a file" : "a folder", format.name, is_folder ? "folder" : "file");
  }
  if (!format.has_variants && !spec.variant.empty()) {
    fail("{}: variant `{}`: data of format {} have no variants", spec.path.string(), spec.variant,
         format.name);
  }
  return format;
}

std::vector<int64_t> class_sizes(const PointSplits& splits) {
  std::vector<int64_t> sizes(splits.classes.size());
  for (const Clouds& part : {splits.train, splits.val, splits.test}) {
    for (int64_t i = 0; part && i < part->size(); ++i) ++sizes[static_cast<size_t>(part->label(i))];
  }
  return sizes;
}

void leave_out_rare_classes(int64_t least, PointSplits& splits) {
  const std::vector<int64_t> sizes = class_sizes(splits);
  std::vector<int32_t> numbers(sizes.size(), -1);
  std::vector<std::string> kept;
  for (size_t c = 0; c < sizes.size(); ++c) {
    if (sizes[c] < least) {
      splits.left_out.push_back(splits.classes[c]);
    } else {
      numbers[c] = static_cast<int32_t>(kept.size());
      kept.push_back(splits.classes[c]);
    }
  }
  if (splits.left_out.empty()) return;
  splits.classes = std::move(kept);
  for (Clouds* part : {&splits.train, &splits.val, &splits.test}) {
    std::vector<int64_t> indices;
    for (int64_t i = 0; *part && i < (*part)->size(); ++i) {
      if (numbers[static_cast<size_t>((*part)->label(i))] >= 0) indices.push_back(i);
    }
    *part = indices.empty() ? nullptr : std::make_shared<Relabelled>(*part, std::move(indices), numbers);
  }
}

}  // namespace

PointSplits open_point_splits(const DatasetSpec& spec) {
  if (spec.min_class_size < 0) {
    fail("{}: expected a least class size of 0 or more, got {}", spec.path.string(), spec.min_class_size);
  }
  const Format& format = format_of(spec);
  PointSplits splits = format.open(spec);
  splits.format = format.name;
  rename_classes(spec, format.names_each_class, splits.classes);  // by the numbers of the files
  leave_out_rare_classes(spec.min_class_size, splits);
  DatasetSpec named = spec;
  named.class_names.clear();
  cut_splits(named, "clouds", format.names_each_class, splits);
  return splits;
}

Clouds subset(Clouds clouds, std::vector<int64_t> indices) {
  return std::make_shared<CloudSubset>(std::move(clouds), std::move(indices));
}

Clouds concatenate(Clouds first, Clouds second) {
  if (!first || !second) return first ? first : second;
  return std::make_shared<CloudConcatenation>(std::move(first), std::move(second));
}

}  // namespace ax
