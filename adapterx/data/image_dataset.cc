#include "adapterx/data/image_dataset.h"

#include <algorithm>
#include <utility>

#include "adapterx/base/error.h"
#include "adapterx/data/dataset_views.h"
#include "adapterx/data/image_formats.h"
#include "adapterx/data/image_sources.h"
#include "adapterx/data/splits.h"

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
  if (!fs::exists(path, error)) {
    if (names_image_source(path.string())) return open_image_source(path.string());
    fail("{}: no such file or folder, and none of the sources of images: {}", path.string(),
         fmt::join(image_source_names(), ", "));
  }
  const bool is_folder = fs::is_directory(path, error);
  std::string format = spec.format;
  if (format == "auto") {
    format = !is_folder ? "csv" : is_image_vtab(path) ? "vtab" : is_image_idx(path) ? "idx" : "folder";
  }
  if (is_folder == (format == "csv")) {
    fail("{}: expected {} for data of format {}, got a {}", path.string(), is_folder ? "a file" : "a folder",
         format, is_folder ? "folder" : "file");
  }
  const std::string extension = path.extension().string();
  if (extension == ".npz" || extension == ".pkl") {
    fail("{}: expected images: a folder or a .csv file; {} files hold point clouds, for a model of such",
         path.string(), extension);
  }
  if (format == "csv") return open_image_csv(path);
  if (format == "vtab") return open_image_vtab(path);
  return format == "idx" ? open_image_idx(path) : open_image_folder(path);
}

}  // namespace

ImageSplits open_image_splits(const DatasetSpec& spec) {
  ImageSplits splits = open_format(spec);
  cut_splits(spec, "images", splits.format == "folder", splits);
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
