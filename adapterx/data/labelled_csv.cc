#include "adapterx/io/lists/image_csv.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>

#include "adapterx/base/error.h"
#include "adapterx/data/labelled_files.h"
#include "adapterx/io/lists/image_list.h"

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

FileSplits labelled_csv(const fs::path& file, const FileKind& kind) {
  const FileBytes bytes = FileBytes::map(file);
  const std::vector<CsvImage> rows = read_image_csv(bytes);
  const auto is_number = [](const CsvImage& row) { return parse_label(row.label) >= 0; };
  Labels labels = std::ranges::all_of(rows, is_number) ? numbered(file, rows) : named(rows);
  FileSplits splits{.classes = std::move(labels.classes)};
  std::vector<LabelledFile>* const of_split[] = {&splits.train, &splits.val, &splits.test};
  for (size_t i = 0; i < rows.size(); ++i) {
    std::string path = listed_file(file.parent_path(), rows[i].path, bytes.name(), rows[i].line);
    of_split[static_cast<size_t>(rows[i].split)]->push_back({std::move(path), labels.numbers[i]});
  }
  if (splits.train.empty() && splits.test.empty()) {
    fail("{}: expected {} to train on or to test, got none", bytes.name(), kind.samples);
  }
  return splits;
}

}  // namespace ax
