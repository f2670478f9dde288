#include "adapterx/data/sources/emoji_list.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "adapterx/base/error.h"
#include "adapterx/io/lists/text_lines.h"

namespace ax {
namespace {

constexpr std::string_view kGroup = "# group: ", kSubgroup = "# subgroup: ";
// Each between blanks.
constexpr std::string_view kVariants =
    " red orange yellow green blue purple brown black white grey pink light dark"
    " man woman person men women people boy girl child baby old older men’s women’s prince princess"
    " up down left right upwards downwards leftwards rightwards up-right up-left down-right down-left up-down"
    " left-right small medium large medium-small low high open closed raised lowered 1st 2nd 3rd first"
    " new full waxing waning quarter crescent gibbous last yen dollar euro pound index backhand pointing ";

char32_t code_of(std::string_view text, std::string_view where, int64_t line) {
  uint32_t code = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), code, 16);
  if (error != std::errc() || end != text.data() + text.size() || code > 0x10FFFF) {
    fail("{}:{}: expected a character's number in hexadecimal, got `{}`", where, line, text);
  }
  return code;
}

// "1F600 ; fully-qualified # 😀 E1.0 grinning face".
std::optional<Emoji> read_line(std::string_view line, std::string_view where, int64_t number) {
  const size_t semicolon = line.find(';'), hash = line.find('#');
  const size_t version = hash == line.npos ? line.npos : line.find(" E", hash);
  const size_t name = version == line.npos ? line.npos : line.find(' ', version + 2);
  if (semicolon > hash || name == line.npos) {
    fail("{}:{}: expected `CODES ; STATUS # EMOJI VERSION NAME`, got `{}`", where, number, line);
  }
  std::string_view codes = trimmed(line.substr(0, semicolon));
  if (constexpr std::string_view kSelector = " FE0F"; codes.ends_with(kSelector)) {
    codes.remove_suffix(kSelector.size());
  }
  const bool qualified = trimmed(line.substr(semicolon + 1, hash - semicolon - 1)) == "fully-qualified";
  if (!qualified || codes.find(' ') != codes.npos) return {};
  return Emoji{.code = code_of(codes, where, number), .name = std::string(trimmed(line.substr(name)))};
}

}  // namespace

std::vector<Emoji> read_emoji_list(const FileBytes& file) {
  std::vector<Emoji> list;
  std::string group, subgroup;
  for_each_line(file, [&](std::string_view line, int64_t number) {
    if (line.starts_with(kGroup)) {
      group = line.substr(kGroup.size());
    } else if (line.starts_with(kSubgroup)) {
      subgroup = line.substr(kSubgroup.size());
    } else if (!line.starts_with('#')) {
      std::optional<Emoji> emoji = read_line(line, file.name(), number);
      if (!emoji || group.empty() || subgroup.empty()) return;
      emoji->group = group;
      emoji->subgroup = subgroup;
      list.push_back(std::move(*emoji));
    }
  });
  return list;
}

std::string emoji_kind(std::string_view name) {
  if (name.find("o’clock") != name.npos || name.ends_with("-thirty")) return "hour";
  std::string kind;
  while (!name.empty()) {
    const size_t end = std::min(name.find(' '), name.size());
    const std::string_view word = name.substr(0, end);
    if (kVariants.find(fmt::format(" {} ", word)) == kVariants.npos) {
      if (!kind.empty()) kind += ' ';
      kind += word;
    }
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  return kind;
}

}  // namespace ax
