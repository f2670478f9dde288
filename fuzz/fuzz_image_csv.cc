#include <stdexcept>

#include "adapterx/base/error.h"
#include "adapterx/io/lists/csv.h"
#include "adapterx/io/lists/image_csv.h"
#include "fuzz/targets.h"

namespace ax {
namespace {

void check_rows(const std::vector<CsvRow>& rows, size_t bytes) {
  size_t size = 0;
  int64_t line = 0;
  for (const CsvRow& row : rows) {
    if (row.fields.empty() || row.line <= line) throw std::logic_error("a row of nothing, or out of order");
    line = row.line;
    for (const std::string& field : row.fields) {
      size += field.size();
      fuzz::use(std::as_bytes(std::span(field)));
    }
  }
  if (size > bytes) throw std::logic_error("more than the file has");
}

}  // namespace

bool fuzz::image_csv(Bytes bytes) {
  const FileBytes file = FileBytes::borrow("fuzz", bytes);
  try {
    const std::vector<CsvRow> rows = read_csv(file);
    check_rows(rows, bytes.size());
    const std::vector<CsvImage> images = read_image_csv(file);
    if (images.empty() || images.size() > rows.size()) throw std::logic_error("images of no rows");
    for (const CsvImage& image : images) {
      if (image.path.empty() || image.label.empty()) throw std::logic_error("an image without path or label");
    }
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace ax
