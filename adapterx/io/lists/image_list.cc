#include "adapterx/io/lists/image_list.h"

#include <charconv>
#include <string_view>
#include <unordered_map>

#include "adapterx/base/error.h"
#include "adapterx/io/lists/text_lines.h"

namespace ax {
namespace {

constexpr size_t kShown = 80;  // bytes of a line in an error

}  // namespace

int32_t parse_label(std::string_view text) {
  int32_t label = -1;
  if (text.empty() || text.find_first_not_of("0123456789") != text.npos) return -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), label);
  return error == std::errc() && label < kMaxClasses ? label : -1;
}

std::vector<ListedImage> read_image_list(const FileBytes& file) {
  std::vector<ListedImage> images;
  for_each_line(file, [&](std::string_view line, int64_t number) {
    const size_t space = line.find_last_of(" \t");
    const std::string_view path = space == line.npos ? line : trimmed(line.substr(0, space));
    const std::string_view text = space == line.npos ? "" : line.substr(space + 1);
    const int32_t label = parse_label(text);
    if (label < 0) {
      fail("{}:{}: expected a path, a space and a label from 0 to {}, got `{}`", file.name(), number,
           kMaxClasses - 1, line.substr(0, kShown));
    }
    images.push_back({std::string(path), label, number});
  });
  return images;
}

std::vector<std::string> read_name_list(const FileBytes& file) {
  std::vector<std::string> names;
  std::unordered_map<std::string, int64_t> lines;
  for_each_line(file, [&](std::string_view line, int64_t number) {
    const auto [known, is_new] = lines.emplace(line, number);
    if (!is_new) {
      fail("{}:{}: expected another name than in line {}, got `{}` again", file.name(), number, known->second,
           line.substr(0, kShown));
    }
    names.emplace_back(line);
  });
  return names;
}

}  // namespace ax
