#include "adapterx/data/image_csv.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <utility>

#include "adapterx/base/error.h"
#include "adapterx/data/image_formats.h"
#include "adapterx/io/csv.h"
#include "adapterx/io/image_list.h"

namespace ax {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

constexpr size_t kNone = ~size_t{0};

struct Columns {
  size_t path = 0, label = 1, split = kNone, count = 0;
};

std::string lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

size_t find_column(const CsvRow& row, const Names& names) {
  const auto is_known = [&](const std::string& field) {
    return std::ranges::find(names, lower(field)) != names.end();
  };
  const auto at = std::ranges::find_if(row.fields, is_known);
  return at == row.fields.end() ? kNone : static_cast<size_t>(at - row.fields.begin());
}

// Of a header; none where the row is none.
std::optional<Columns> header_columns(const std::string& file, const CsvRow& row) {
  Columns columns;
  columns.label = find_column(row, {"label", "class", "target"});
  if (columns.label == kNone) return std::nullopt;
  columns.path = find_column(row, {"path", "file", "filename", "image", "image_path"});
  if (columns.path == kNone) {
    fail("{}:{}: expected a column path, file, filename, image or image_path, got {}", file, row.line,
         fmt::join(row.fields, ", "));
  }
  columns.split = find_column(row, {"split"});
  columns.count = row.fields.size();
  return columns;
}

Columns plain_columns(const std::string& file, const CsvRow& row) {
  const size_t count = row.fields.size();
  if (count != 2 && count != 3) {
    fail("{}:{}: expected path,label or path,label,split, got {} fields", file, row.line, count);
  }
  return {.split = count == 3 ? 2 : kNone, .count = count};
}

Split parse_split(const std::string& file, int64_t line, const std::string& text) {
  const std::string name = lower(text);
  if (name.empty() || name == "train") return Split::train;
  if (name == "val" || name == "valid" || name == "validation") return Split::val;
  if (name == "test") return Split::test;
  fail("{}:{}: expected a split train, val or test, got `{}`", file, line, text);
}

CsvImage image_of(const std::string& file, const CsvRow& row, const Columns& columns) {
  if (row.fields.size() != columns.count) {
    fail("{}:{}: expected {} fields as in the first row, got {}", file, row.line, columns.count,
         row.fields.size());
  }
  CsvImage image{row.fields[columns.path], row.fields[columns.label], Split::train, row.line};
  if (image.path.empty() || image.label.empty()) {
    fail("{}:{}: expected a path and a label, got `{}` and `{}`", file, row.line, image.path, image.label);
  }
  if (columns.split != kNone) image.split = parse_split(file, row.line, row.fields[columns.split]);
  return image;
}

struct Labels {
  std::vector<int32_t> numbers;  // of each image
  Names classes;
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

std::vector<CsvImage> read_image_csv(const FileBytes& file) {
  const std::vector<CsvRow> rows = read_csv(file);
  if (rows.empty()) fail("{}: expected rows path,label, got none", file.name());
  const std::optional<Columns> header = header_columns(file.name(), rows[0]);
  const Columns columns = header ? *header : plain_columns(file.name(), rows[0]);
  std::vector<CsvImage> images;
  for (size_t i = header ? 1 : 0; i < rows.size(); ++i)
    images.push_back(image_of(file.name(), rows[i], columns));
  if (images.empty()) fail("{}: expected rows path,label after the header, got none", file.name());
  return images;
}

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
