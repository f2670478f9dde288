#include <algorithm>
#include <utility>

#include "adapterx/base/error.h"
#include "adapterx/data/images/image_formats.h"
#include "adapterx/io/file_bytes.h"
#include "adapterx/io/lists/image_list.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

constexpr const char* kTrain = "train800.txt";
constexpr const char* kVal = "val200.txt";
constexpr const char* kBoth = "train800val200.txt";
constexpr const char* kTest = "test.txt";

bool has(const fs::path& folder, const char* list) {
  std::error_code ignored;
  return fs::is_regular_file(folder / list, ignored);
}

struct Labels {
  int32_t count = 0;
  std::string where;  // the largest stands
};

std::shared_ptr<const ImageDataset> open_list(const fs::path& folder, const char* name, Labels& labels) {
  const FileBytes list = FileBytes::map(folder / name);
  std::vector<LabelledFile> files;
  for (const ListedImage& image : read_image_list(list)) {
    files.push_back({listed_file(folder, image.path, list.name(), image.line), image.label});
    if (image.label < labels.count) continue;
    labels = {image.label + 1, fmt::format("{}:{}", list.name(), image.line)};
  }
  if (files.empty()) fail("{}: expected lines `path label`, got none", list.name());
  return file_images(std::move(files));
}

}  // namespace

bool is_image_vtab(const fs::path& folder) {
  return has(folder, kTrain) || has(folder, kBoth) || (has(folder, kTest) && has(folder, kVal));
}

ImageSplits open_image_vtab(const fs::path& folder) {
  ImageSplits splits{.format = "vtab"};
  Labels labels;
  if (has(folder, kTrain)) {
    splits.train = open_list(folder, kTrain, labels);
    if (has(folder, kVal)) splits.val = open_list(folder, kVal, labels);
  } else if (has(folder, kBoth)) {
    splits.train = open_list(folder, kBoth, labels);
  }
  if (has(folder, kTest)) splits.test = open_list(folder, kTest, labels);
  if (!splits.train && !splits.test) {
    fail("{}: expected {}, {} or {}, got none of them", folder.string(), kTrain, kBoth, kTest);
  }
  splits.classes = numbered_classes(folder, labels.count, labels.where);
  return splits;
}

}  // namespace ax
