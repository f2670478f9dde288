#include <algorithm>
#include <iterator>
#include <utility>

#include "adapterx/base/error.h"
#include "adapterx/data/labelled_files.h"
#include "adapterx/io/files_below.h"
#include "adapterx/io/images/image.h"
#include "adapterx/io/shapes/shape_file.h"

namespace ax {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

Names subfolders(const fs::path& folder) {
  Names names;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (entry.is_directory() && !name.starts_with('.')) names.push_back(name);
  }
  std::ranges::sort(names);
  return names;
}

// A hint where a folder without files of one kind has some of the other.
std::string_view kind_there(const fs::path& folder) {
  if (!files_below(folder, is_image_name).empty()) return " but images, which take a model of images";
  if (!files_below(folder, is_shape_file).empty()) {
    return " but 3D shapes, which take a model of point clouds, as `point_small`";
  }
  return "";
}

std::vector<LabelledFile> files_of(const fs::path& folder, const Names& classes, const FileKind& kind) {
  std::vector<LabelledFile> files;
  for (size_t c = 0; c < classes.size(); ++c) {
    const std::vector<fs::path> found = files_below(folder / classes[c], kind.is_one);
    if (found.empty()) {
      fail("{}: expected {} ({}) of the class, got none{}", (folder / classes[c]).string(), kind.samples,
           kind.extensions, kind_there(folder / classes[c]));
    }
    for (const fs::path& file : found) files.push_back({file.string(), static_cast<int32_t>(c)});
  }
  return files;
}

// The folder of a split, if the data are cut into such: one that has subfolders and one of its names.
fs::path split_folder(const fs::path& folder, const Names& names) {
  fs::path found;
  for (const std::string& name : names) {
    const fs::path path = folder / name;
    if (!fs::is_directory(path) || subfolders(path).empty()) continue;
    if (!found.empty()) {
      fail("{}: expected one folder of the split, got {} and {}", folder.string(), found.filename().string(),
           name);
    }
    found = path;
  }
  return found;
}

// The name that only one of two sorted lists has.
std::string odd_one(const Names& a, const Names& b) {
  Names odd;
  std::ranges::set_symmetric_difference(a, b, std::back_inserter(odd));
  return odd.empty() ? "" : odd[0];
}

void check_same_classes(const fs::path& a, const Names& in_a, const fs::path& b, const Names& in_b) {
  const std::string odd = odd_one(in_a, in_b);
  if (odd.empty()) return;
  const bool is_in_a = std::ranges::binary_search(in_a, odd);
  fail("{}: expected the class folders of {}, got {} `{}`", b.string(), a.string(),
       is_in_a ? "no folder" : "also the folder", odd);
}

FileSplits open_folder(const fs::path& folder, const FileKind& kind) {
  const fs::path train = split_folder(folder, {"train"}), test = split_folder(folder, {"test"}),
                 val = split_folder(folder, {"val", "valid", "validation"});
  FileSplits splits;
  fs::path first;  // whose classes the others must have
  const auto open = [&](const fs::path& path, std::vector<LabelledFile>& files) {
    if (path.empty()) return;
    const Names classes = subfolders(path);
    if (first.empty()) {
      first = path;
      splits.classes = classes;
    }
    check_same_classes(first, splits.classes, path, classes);
    files = files_of(path, classes, kind);
  };
  open(train, splits.train);
  open(val, splits.val);
  open(test, splits.test);
  if (first.empty()) open(folder, splits.train);
  if (splits.classes.empty()) {
    fail("{}: expected a subfolder of {} for each class, or train, val and test folders of such; got none",
         folder.string(), kind.samples);
  }
  return splits;
}

}  // namespace

FileSplits labelled_folder(const fs::path& folder, const FileKind& kind) {
  try {
    return open_folder(folder, kind);
  } catch (const fs::filesystem_error& error) {
    fail("{}: cannot look for {}: {}", error.path1().empty() ? folder.string() : error.path1().string(),
         kind.samples, error.code().message());
  }
}

}  // namespace ax
