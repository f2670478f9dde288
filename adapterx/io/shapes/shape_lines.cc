#include "adapterx/io/shapes/shape_lines.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ax {
namespace {

constexpr size_t kShown = 80;  // bytes of a word in an error

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

}  // namespace

float narrowed(double value) {
  if (!(std::abs(value) <= std::numeric_limits<float>::max())) return std::numeric_limits<float>::quiet_NaN();
  return static_cast<float>(value);
}

void ShapeLines::skip_spaces() {
  size_t n = 0;
  while (n < line_.size() && is_space(line_[n])) ++n;
  line_.remove_prefix(n < line_.size() && line_[n] == '#' ? line_.size() : n);
}

bool ShapeLines::next() {
  for (line_ = {}; line_.empty();) {
    if (rest_.empty()) return false;
    const size_t end = std::min(rest_.find('\n'), rest_.size());
    line_ = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    ++number_;
    skip_spaces();
  }
  return true;
}

std::string_view ShapeLines::word() {
  size_t n = 0;
  while (n < line_.size() && !is_space(line_[n])) ++n;
  const std::string_view found = line_.substr(0, n);
  line_.remove_prefix(n);
  skip_spaces();
  return found;
}

float ShapeLines::coordinate() {
  const std::string_view text = word();
  double value = 0;
  const float narrow = parse_number(text, value) ? narrowed(value) : NAN;
  if (std::isnan(narrow)) expected("a finite coordinate", text);
  return narrow;
}

int64_t ShapeLines::integer(std::string_view what, int64_t least, int64_t most) {
  const std::string_view text = word();
  int64_t value = 0;
  if (!parse_number(text, value) || value < least || value > most) {
    expected(fmt::format("{} from {} to {}", what, least, most), text);
  }
  return value;
}

void ShapeLines::expected(std::string_view what, std::string_view got) const {
  if (got.empty()) error("expected {}, got the line's end", what);
  error("expected {}, got `{}`", what, got.substr(0, kShown));
}

}  // namespace ax
