#include "adapterx/io/lists/image_csv.h"

#include <algorithm>
#include <optional>

#include "adapterx/base/error.h"
#include "adapterx/io/lists/csv.h"

namespace ax {
namespace {

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

}  // namespace ax
