#include "adapterx/io/image_csv.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <utility>

#include "adapterx/base/error.h"
#include "adapterx/data/image_formats.h"
#include "adapterx/io/image_list.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

struct Labels {
  std::vector<int32_t> numbers;  // of each image
  std::vector<std::string> classes;
};

Labels numbered(const fs::path& file, const std::vector<CsvImage>& images) {
  Labels labels;
  const CsvImage* largest = nullptr;
  int32_t count = 0;
  for (const CsvImage& image : images) {
    labels.numbers.push_back(parse_label(image.label));
    if (labels.numbers.back() < count) continue;
    count = labels.numbers.back() + 1;
    largest = &image;
  }
  const std::string where = fmt::format("{}:{}", file.string(), largest->line);
  labels.classes = numbered_classes(file.parent_path(), count, where);
  return labels;
}

Labels named(const std::vector<CsvImage>& images) {
  Labels labels;
  std::map<std::string, int32_t> numbers;
  for (const CsvImage& image : images) numbers.emplace(image.label, 0);
  for (auto& [name, number] : numbers) {
    number = static_cast<int32_t>(labels.classes.size());
    labels.classes.push_back(name);
  }
  for (const CsvImage& image : images) labels.numbers.push_back(numbers.at(image.label));
  return labels;
}

}  // namespace

ImageSplits open_image_csv(const fs::path& file) {
  const FileBytes bytes = FileBytes::map(file);
  const std::vector<CsvImage> images = read_image_csv(bytes);
  const auto is_number = [](const CsvImage& image) { return parse_label(image.label) >= 0; };
  Labels labels = std::ranges::all_of(images, is_number) ? numbered(file, images) : named(images);
  std::array<std::vector<LabelledFile>, 3> files;
  for (size_t i = 0; i < images.size(); ++i) {
    const CsvImage& image = images[i];
    std::string path = listed_file(file.parent_path(), image.path, bytes.name(), image.line);
    files[static_cast<size_t>(image.split)].push_back({std::move(path), labels.numbers[i]});
  }
  ImageSplits splits{.format = "csv", .classes = std::move(labels.classes)};
  std::shared_ptr<const ImageDataset>* const of_split[] = {&splits.train, &splits.val, &splits.test};
  for (size_t s = 0; s < files.size(); ++s) {
    if (!files[s].empty()) *of_split[s] = file_images(std::move(files[s]));
  }
  if (!splits.train && !splits.test)
    fail("{}: expected images to train on or to test, got none", bytes.name());
  return splits;
}

}  // namespace ax
