#include "cli/text/table.h"

#include <algorithm>

#include "cli/text/terminal_text.h"

namespace ax::cli {
namespace {

constexpr size_t kGap = 2, kNarrowest = 16;

std::string pad(const std::string& cell, size_t width, bool right) {
  const size_t columns = columns_of(cell);
  const std::string space(width > columns ? width - columns : 0, ' ');
  return right ? space + cell : cell + space;
}

void end_line(std::string& text) {
  while (text.ends_with(' ')) text.pop_back();
  text += '\n';
}

}  // namespace

void Table::add(const std::vector<std::string>& cells) {
  std::vector<std::string>& row = rows_.emplace_back();
  for (const std::string& cell : cells) row.push_back(printable(cell));
}

std::string Table::text(size_t width) const {
  std::vector<std::string> titles;
  std::vector<size_t> widths;
  for (const Column& column : columns_) {
    titles.push_back(column.title);
    widths.push_back(columns_of(column.title));
  }
  for (const auto& row : rows_) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], columns_of(row[i]));
  }
  size_t rest = 0;
  for (size_t i = 1; i < widths.size(); ++i) rest += kGap + widths[i];
  const size_t left = width > rest ? width - rest : 0;
  const bool stacked = left < std::min(kNarrowest, widths[0]);
  widths[0] = stacked ? 0 : std::min(widths[0], left);
  if (stacked && rest > width) std::fill(widths.begin(), widths.end(), 0);

  std::string text;
  const auto add_line = [&](const std::vector<std::string>& row) {
    size_t used = columns_of(row[0]);
    text += row[0];
    if (stacked || used > widths[0]) {
      end_line(text);
      used = 0;
    }
    text.append(widths[0] - used, ' ');
    for (size_t i = 1; i < row.size(); ++i) {
      if (!row[i].empty() || widths[i] > 0)
        text += std::string(kGap, ' ') + pad(row[i], widths[i], columns_[i].right);
    }
    end_line(text);
  };
  add_line(titles);
  for (const auto& row : rows_) add_line(row);
  return text;
}

}  // namespace ax::cli
