#include "cli/text/terminal_text.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <limits>

namespace ax::cli {
namespace {

struct Range {
  uint32_t first, last;
};

// Unicode: categories Cc, Cf, Zl, Zp and the tags, as far as terminals act on them or show nothing.
constexpr std::array<Range, 11> kHidden = {{{0x0, 0x1f},
                                            {0x7f, 0x9f},
                                            {0xad, 0xad},
                                            {0x61c, 0x61c},
                                            {0x180e, 0x180e},
                                            {0x200b, 0x200f},
                                            {0x2028, 0x202e},
                                            {0x2060, 0x206f},
                                            {0xfeff, 0xfeff},
                                            {0xfff9, 0xfffb},
                                            {0xe0000, 0xe0fff}}};
// East Asian Width (Unicode annex 11): the large blocks of wide and full-width characters.
constexpr std::array<Range, 9> kWide = {{{0x1100, 0x115f},
                                         {0x2e80, 0x303e},
                                         {0x3041, 0xa4cf},
                                         {0xac00, 0xd7a3},
                                         {0xf900, 0xfaff},
                                         {0xfe30, 0xfe6f},
                                         {0xff00, 0xff60},
                                         {0x1f300, 0x1faff},
                                         {0x20000, 0x3fffd}}};
constexpr std::array<Range, 3> kCombining = {{{0x300, 0x36f}, {0x1ab0, 0x1aff}, {0x20d0, 0x20ff}}};

template <size_t N>
bool within(uint32_t code, const std::array<Range, N>& ranges) {
  return std::ranges::any_of(ranges, [&](Range r) { return code >= r.first && code <= r.last; });
}

struct Character {
  uint32_t code = 0;
  size_t bytes = 1;
  bool valid = false;
};

// The first character of UTF-8 text that is not empty (RFC 3629).
Character first_character(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint32_t>(static_cast<unsigned char>(text[i])); };
  const uint32_t lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  const size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || bytes > text.size()) return {lead, 1, false};
  uint32_t code = lead & (0xffu >> (bytes + 1));
  for (size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {lead, 1, false};
    code = code << 6 | (byte(i) & 0x3f);
  }
  const bool overlong = (bytes == 3 && code < 0x800) || (bytes == 4 && code < 0x10000);
  if (overlong || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return {lead, 1, false};
  return {code, bytes, true};
}

size_t columns_of(const Character& c) {
  if (c.code < 0x300) return 1;
  return within(c.code, kCombining) ? 0 : within(c.code, kWide) ? 2 : 1;
}

std::string escape(const Character& c) {
  if (c.valid && c.code == '\n') return "\\n";
  if (c.valid && c.code == '\t') return "\\t";
  return c.valid && c.code > 0xff ? fmt::format("\\u{{{:x}}}", c.code) : fmt::format("\\x{:02x}", c.code);
}

// The longest start of the text that takes at most `columns`.
std::string_view start_of(std::string_view text, size_t columns) {
  size_t at = 0;
  for (size_t used = 0; at < text.size();) {
    const Character c = first_character(text.substr(at));
    used += columns_of(c);
    if (used > columns) break;
    at += c.bytes;
  }
  return text.substr(0, at);
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const Character c = first_character(text);
    if (c.valid && !within(c.code, kHidden)) {
      out += text.substr(0, c.bytes);
    } else {
      out += escape(c);
    }
    text.remove_prefix(c.bytes);
  }
  return out;
}

size_t columns_of(std::string_view text) {
  size_t columns = 0;
  while (!text.empty()) {
    const Character c = first_character(text);
    columns += columns_of(c);
    text.remove_prefix(c.bytes);
  }
  return columns;
}

std::string cut(std::string_view text, size_t columns) {
  const std::string_view whole = start_of(text, columns);
  if (whole.size() == text.size()) return std::string(text);
  constexpr std::string_view kMore = "...";
  if (columns <= kMore.size()) return std::string(kMore.substr(0, columns));
  return std::string(start_of(text, columns - kMore.size())).append(kMore);
}

std::string wrap(std::string_view text, size_t width, size_t indent) {
  std::string out;
  size_t column = indent;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    const size_t columns = columns_of(word);
    if (column > indent) {
      const bool fits = column + 1 + columns <= width;
      if (fits) {
        out += ' ';
      } else {
        out.append(1, '\n').append(indent, ' ');
      }
      column = fits ? column + 1 : indent;
    }
    out += word;
    column += columns;
  }
  return out;
}

std::optional<size_t> terminal_columns(int fd) {
  winsize window{};
  if (ioctl(fd, TIOCGWINSZ, &window) == 0 && window.ws_col > 0) return window.ws_col;
  return std::nullopt;
}

size_t output_width() {
  size_t columns = 0;
  if (const char* text = std::getenv("COLUMNS")) {
    std::from_chars(text, text + std::strlen(text), columns);
    if (columns > 0) return columns;
  }
  return terminal_columns(STDOUT_FILENO).value_or(std::numeric_limits<size_t>::max() / 2);
}

}  // namespace ax::cli
