#include "adapterx/data/sources/source_options.h"

#include <algorithm>
#include <charconv>

#include "adapterx/base/error.h"

namespace ax {
namespace {

template <class T>
T parse(const std::string& source, std::string_view key, const std::string& text, T least, T most) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !(value >= least && value <= most)) {
    fail("{}: {}: expected a number from {} to {}, got `{}`", source, key, least, most, text);
  }
  return value;
}

}  // namespace

SourceOptions::SourceOptions(std::string source, std::string_view text) : source_(std::move(source)) {
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find(','));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    const size_t equals = part.find('=');
    if (equals == std::string_view::npos || equals == 0) {
      fail("{}: expected options key=value,key=value, got `{}`", source_, part);
    }
    std::string key(part.substr(0, equals));
    if (std::ranges::count(given_, key, &std::pair<std::string, std::string>::first) > 0) {
      fail("{}: {} is given twice", source_, key);
    }
    given_.emplace_back(std::move(key), part.substr(equals + 1));
  }
}

const std::string* SourceOptions::find(std::string_view key) {
  asked_.emplace_back(key);
  const auto at = std::ranges::find(given_, key, &std::pair<std::string, std::string>::first);
  return at == given_.end() ? nullptr : &at->second;
}

int64_t SourceOptions::integer(std::string_view key, int64_t otherwise, int64_t least, int64_t most) {
  const std::string* given = find(key);
  return given == nullptr ? otherwise : parse<int64_t>(source_, key, *given, least, most);
}

double SourceOptions::number(std::string_view key, double otherwise, double least, double most) {
  const std::string* given = find(key);
  return given == nullptr ? otherwise : parse<double>(source_, key, *given, least, most);
}

std::string SourceOptions::text(std::string_view key, std::string_view otherwise) {
  const std::string* given = find(key);
  return given == nullptr ? std::string(otherwise) : *given;
}

std::string SourceOptions::choice(std::string_view key, std::string_view otherwise,
                                  const std::vector<std::string>& choices) {
  std::string value = text(key, otherwise);
  if (std::ranges::count(choices, value) == 0) {
    fail("{}: {}: expected {}, got `{}`{}", source_, key, fmt::join(choices, ", "), value,
         did_you_mean(value, choices));
  }
  return value;
}

void SourceOptions::expect_known() const {
  for (const auto& [key, value] : given_) {
    if (std::ranges::count(asked_, key) > 0) continue;
    fail("{}: unknown option `{}`{}; it has {}", source_, key, did_you_mean(key, asked_),
         fmt::join(asked_, ", "));
  }
}

}  // namespace ax
