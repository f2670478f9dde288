// The lines of a text file. Internal to its readers.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "adapterx/base/error.h"
#include "adapterx/io/file_bytes.h"

namespace ax {

inline std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r";
  const size_t first = text.find_first_not_of(kSpace);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) + 1 - first);
}

// The file's text without a byte order mark. Throws Error, with the line, where it has a byte 0.
inline std::string_view text_of(const FileBytes& file) {
  std::string_view text(reinterpret_cast<const char*>(file.bytes().data()), file.size());
  if (const size_t zero = text.find('\0'); zero != text.npos) {
    const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<ptrdiff_t>(zero), '\n');
    fail("{}:{}: expected text, got a byte 0", file.name(), line);
  }
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  return text;
}

// Calls visit(line, number) on each line that is not empty, trimmed, counted from 1.
template <class Visit>
void for_each_line(const FileBytes& file, const Visit& visit) {
  std::string_view text = text_of(file);
  for (int64_t number = 1; !text.empty(); ++number) {
    const size_t end = std::min(text.find('\n'), text.size());
    if (const std::string_view line = trimmed(text.substr(0, end)); !line.empty()) visit(line, number);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

}  // namespace ax
