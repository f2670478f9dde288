#include "cli/text/name_groups.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <numeric>
#include <string_view>
#include <unordered_map>

#include "adapterx/base/natural_less.h"

namespace ax::cli {
namespace {

constexpr size_t kMaxNumbers = 4, kMaxDigits = 9;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

size_t digits_end(std::string_view text, size_t at) {
  while (at < text.size() && is_digit(text[at])) ++at;
  return at;
}

bool is_separator(char c) { return std::string_view("._/-:[]").find(c) != std::string_view::npos; }

// A row in the making: texts around sets of numbers.
struct Pattern {
  std::vector<std::string> texts;           // one more than sets
  std::vector<std::vector<uint32_t>> sets;  // ascending
  std::string kind;
  std::vector<size_t> members;
};

Pattern parse(const NamedItem& item, size_t index) {
  Pattern pattern{{}, {}, item.kind, {index}};
  const std::string_view name = item.name;
  size_t text_begin = 0;
  for (size_t at = 0; at < name.size() && pattern.sets.size() < kMaxNumbers;) {
    const size_t end = digits_end(name, at);
    const bool whole = end > at && (at == 0 || is_separator(name[at - 1])) &&
                       (end == name.size() || is_separator(name[end]));
    const bool plain = end - at <= kMaxDigits && (name[at] != '0' || end - at == 1);
    if (whole && plain) {
      pattern.texts.emplace_back(name.substr(text_begin, at - text_begin));
      pattern.sets.push_back({static_cast<uint32_t>(std::stoul(std::string(name.substr(at, end - at))))});
      text_begin = end;
    }
    at = std::max(end, at + 1);
  }
  pattern.texts.emplace_back(name.substr(text_begin));
  return pattern;
}

// The same for two patterns only where they agree in all but one set; lengths make it unambiguous.
std::string key_without(const Pattern& pattern, size_t place) {
  std::string key;
  const auto out = std::back_inserter(key);
  fmt::format_to(out, "{}:{}", pattern.kind.size(), pattern.kind);
  for (size_t i = 0; i < pattern.texts.size(); ++i) {
    fmt::format_to(out, "{}:{}", pattern.texts[i].size(), pattern.texts[i]);
    if (i < pattern.sets.size() && i != place) fmt::format_to(out, "{};", fmt::join(pattern.sets[i], ","));
  }
  return key;
}

std::vector<Pattern> merged(std::vector<Pattern> patterns, size_t place) {
  std::vector<Pattern> out;
  std::unordered_map<std::string, size_t> rows;
  for (Pattern& pattern : patterns) {
    if (pattern.sets.size() > place) {
      const auto [found, is_new] = rows.try_emplace(key_without(pattern, place), out.size());
      if (!is_new) {
        Pattern& row = out[found->second];
        row.sets[place].push_back(pattern.sets[place][0]);
        row.members.insert(row.members.end(), pattern.members.begin(), pattern.members.end());
        continue;
      }
    }
    out.push_back(std::move(pattern));
  }
  return out;
}

// "3" or "{0..11}" or "{0,2,5..7}", with "..." where more than four runs are in it.
std::string set_text(const std::vector<uint32_t>& set) {
  if (set.size() == 1) return std::to_string(set[0]);
  std::vector<std::string> runs;
  for (size_t i = 0; i < set.size();) {
    size_t last = i;
    while (last + 1 < set.size() && set[last + 1] == set[last] + 1) ++last;
    if (last == i + 1) last = i;  // two neighbours are no run
    runs.push_back(last == i ? std::to_string(set[i]) : fmt::format("{}..{}", set[i], set[last]));
    i = last + 1;
  }
  constexpr size_t kMaxRuns = 4;
  if (runs.size() > kMaxRuns) {
    const std::string last = runs.back();
    runs.resize(kMaxRuns - 1);
    runs.insert(runs.end(), {"...", last});
  }
  return fmt::format("{{{}}}", fmt::join(runs, ","));
}

std::string name_of(const Pattern& pattern) {
  std::string name = pattern.texts[0];
  for (size_t i = 0; i < pattern.sets.size(); ++i) name += set_text(pattern.sets[i]) + pattern.texts[i + 1];
  return name;
}

}  // namespace

std::vector<NameGroup> group_names(const std::vector<NamedItem>& items) {
  std::vector<size_t> order(items.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::sort(order, [&](size_t a, size_t b) { return natural_less(items[a].name, items[b].name); });
  std::vector<Pattern> patterns;
  for (const size_t i : order) patterns.push_back(parse(items[i], i));
  for (size_t place = 0; place < kMaxNumbers; ++place) patterns = merged(std::move(patterns), place);
  std::vector<NameGroup> groups;
  for (Pattern& pattern : patterns) groups.push_back({name_of(pattern), std::move(pattern.members)});
  return groups;
}

}  // namespace ax::cli
