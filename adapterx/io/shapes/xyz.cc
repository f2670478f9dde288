#include "adapterx/io/shapes/xyz.h"

#include <cmath>
#include <optional>

#include "adapterx/base/error.h"
#include "adapterx/io/lists/text_lines.h"
#include "adapterx/io/shapes/shape_lines.h"

namespace ax {
namespace {

constexpr size_t kLeastBytes = 6;  // "0 0 0" and the line's end

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r'; }
bool is_separator(char c) { return c == ',' || c == ';'; }

// The next field of a line, and spaces and one separator after it.
std::string_view next_field(std::string_view& line) {
  size_t n = 0;
  while (n < line.size() && !is_space(line[n]) && !is_separator(line[n])) ++n;
  const std::string_view field = line.substr(0, n);
  const auto skip_spaces = [&] {
    while (n < line.size() && is_space(line[n])) ++n;
  };
  skip_spaces();
  if (n < line.size() && is_separator(line[n])) ++n, skip_spaces();
  line.remove_prefix(n);
  return field;
}

class XyzReader {
 public:
  explicit XyzReader(const FileBytes& file) : file_(file) {}

  PointCloud read() {
    for_each_line(file_, [&](std::string_view line, int64_t number) {
      if (line.starts_with('#') || line.starts_with("//")) return;
      if (!first_ && is_count(line)) return;
      add_point(line, number);
      first_ = true;
    });
    if (cloud_.xyz.empty()) fail("{}: expected lines of x, y and z, got none", file_.name());
    if (announced_ && *announced_ != cloud_.size()) {
      fail("{}: expected {} points, as its first line says, got {}", file_.name(), *announced_,
           cloud_.size());
    }
    return std::move(cloud_);
  }

 private:
  bool is_count(std::string_view line) {
    int64_t count = 0;
    if (announced_ || !parse_number(line, count)) return false;
    announced_ = count;
    return true;
  }

  void add_point(std::string_view line, int64_t number) {
    std::string_view rest = line;
    int64_t columns = 0;
    for (; columns < 3 && !rest.empty(); ++columns) add_coordinate(next_field(rest), number);
    for (; !rest.empty(); ++columns) next_field(rest);
    if (!first_) start(columns, line.size());
    if (columns < 3 || columns != columns_) {
      fail("{}:{}: expected {} columns, got {}", file_.name(), number, std::max<int64_t>(columns_, 3),
           columns);
    }
  }

  void start(int64_t columns, size_t line_size) {
    columns_ = columns;
    cloud_.xyz.reserve(file_.size() / std::max(line_size + 1, kLeastBytes) * 3 + 3);
  }

  void add_coordinate(std::string_view field, int64_t number) {
    double value = 0;
    const float narrow = parse_number(field, value) ? narrowed(value) : NAN;
    if (std::isnan(narrow)) {
      fail("{}:{}: expected a finite coordinate, got `{}`", file_.name(), number, field.substr(0, 80));
    }
    cloud_.xyz.push_back(narrow);
  }

  const FileBytes& file_;
  PointCloud cloud_;
  std::optional<int64_t> announced_;
  int64_t columns_ = 0;
  bool first_ = false;  // whether the first point was read
};

}  // namespace

PointCloud read_xyz(const FileBytes& file) { return XyzReader(file).read(); }

}  // namespace ax
