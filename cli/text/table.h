// Table: rows of text in aligned columns, made to fit a width without losing anything.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace ax::cli {

struct Column {
  std::string title;
  bool right = false;  // numbers
};

class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // One cell a column, of any text: it is escaped here (printable()).
  void add(const std::vector<std::string>& cells);

  // The lines, each with its end. A first cell that is too long for its column has a line of its own, the
  // others following below; where no 16 columns are left to the first column, all rows are set so.
  std::string text(size_t width) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace ax::cli
