#include "adapterx/data/images/image_dataset.h"

#include <algorithm>
#include <utility>

#include "adapterx/base/error.h"
#include "adapterx/data/dataset_views.h"
#include "adapterx/data/images/image_formats.h"
#include "adapterx/data/images/joined_images.h"
#include "adapterx/data/sources/image_sources.h"
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
  bool augmented(int64_t i) const override { return whole().augmented(at(i)); }
};

class ImageConcatenation : public ConcatenationOf<ImageDataset> {
 public:
  using ConcatenationOf::ConcatenationOf;
  Image image(int64_t i) const override { return part(i).image(within(i)); }
  bool in_memory() const override { return first().in_memory() && second().in_memory(); }
  bool augmented(int64_t i) const override { return part(i).augmented(within(i)); }
};

bool has_subfolders(const fs::path& folder) {
  std::error_code error;
  return std::ranges::any_of(fs::directory_iterator(folder, error), [](const fs::directory_entry& entry) {
    std::error_code ignored;
    return entry.is_directory(ignored) && !entry.path().filename().string().starts_with('.');
  });
}

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
  if (format == "idx") return open_image_idx(path);
  return spec.labelled || has_subfolders(path) ? open_image_folder(path) : open_unlabelled_images(path);
}

// "4*cifar10": 4, and the rest; else 1.
int64_t take_repeats(std::string& text) {
  const size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  if (digits == 0 || digits > 6 || digits == text.size() || text[digits] != '*') return 1;
  const int64_t repeats = std::stoll(text.substr(0, digits));
  if (repeats < 1) fail("{}: expected the images once or more often, got {} times", text, repeats);
  text.erase(0, digits + 1);
  return repeats;
}

// A path that is there goes first.
bool is_repeated(std::string text) { return !fs::exists(text) && take_repeats(text) > 1; }

// The texts between " + ".
std::vector<std::string> parts_of(std::string_view text) {
  constexpr std::string_view kPlus = " + ";
  std::vector<std::string> parts;
  for (size_t at; (at = text.find(kPlus)) != std::string_view::npos; text.remove_prefix(at + kPlus.size())) {
    parts.emplace_back(text.substr(0, at));
  }
  parts.emplace_back(text);
  return parts;
}

ImageSplits open_joined(const DatasetSpec& spec, std::vector<std::string> paths) {
  if (spec.train_size > 0 || spec.val_size > 0 || spec.test_size > 0 || !spec.class_names.empty()) {
    fail("{}: sizes of splits and names of classes mean one data set with one head, expected none of them",
         spec.path.string());
  }
  std::vector<JoinedPart> parts;
  for (std::string& path : paths) {
    const int64_t repeats = take_repeats(path);
    DatasetSpec one = spec;
    one.path = path;
    parts.push_back({path, open_format(one), repeats});
    if (!spec.all_labels) parts.back().splits.further.clear();
  }
  return join_images(parts);
}

}  // namespace

ImageSplits open_image_splits(const DatasetSpec& spec) {
  const std::vector<std::string> paths = parts_of(spec.path.string());
  if (paths.size() > 1 || is_repeated(paths[0])) return open_joined(spec, paths);
  ImageSplits splits = open_format(spec);
  if (spec.all_labels && !splits.further.empty()) return open_joined(spec, paths);
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
