#include "adapterx/methods/settings.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>

#include "adapterx/base/error.h"

namespace ax {
namespace {

template <class T>
T parse(std::string_view key, const std::string& text, std::string_view kind) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    fail("{}: expected {}, got `{}`", key, kind, text);
  }
  return value;
}

}  // namespace

std::string_view bare_key(std::string_view key) {
  return key.substr(key.starts_with(kMethodPrefix) ? kMethodPrefix.size() : 0);
}

Settings::Settings(const std::vector<std::string>& pairs) {
  for (const std::string& pair : pairs) {
    const size_t equals = pair.find('=');
    if (equals == std::string::npos || equals == 0) fail("setting `{}`: expected key=value", pair);
    const std::string key(bare_key(std::string_view(pair).substr(0, equals)));
    if (!given_.emplace(key, pair.substr(equals + 1)).second) fail("setting `{}`: given twice", key);
  }
}

const std::string* Settings::find(std::string_view key, std::string otherwise) {
  const bool asked = std::ranges::any_of(known_, [&](const Known& k) { return k.key == key; });
  if (!asked) known_.push_back({std::string(key), std::move(otherwise)});
  const auto found = given_.find(key);
  return found == given_.end() ? nullptr : &found->second;
}

float Settings::number(std::string_view key, float otherwise) {
  const std::string* text = find(key, fmt::format("{}", otherwise));
  if (text == nullptr) return otherwise;
  const float value = parse<float>(key, *text, "a number");
  if (!std::isfinite(value)) fail("{}: expected a finite number, got `{}`", key, *text);
  return value;
}

int64_t Settings::integer(std::string_view key, int64_t otherwise) {
  const std::string* text = find(key, fmt::format("{}", otherwise));
  return text == nullptr ? otherwise : parse<int64_t>(key, *text, "an integer");
}

bool Settings::flag(std::string_view key, bool otherwise) {
  const std::string* text = find(key, otherwise ? "true" : "false");
  if (text == nullptr) return otherwise;
  if (*text != "true" && *text != "false") fail("{}: expected true or false, got `{}`", key, *text);
  return *text == "true";
}

std::string Settings::text(std::string_view key, std::string_view otherwise) {
  const std::string* text = find(key, std::string(otherwise));
  return text == nullptr ? std::string(otherwise) : *text;
}

std::string Settings::choice(std::string_view key, const std::vector<std::string>& choices) {
  const std::string value = text(key, choices.front());
  if (std::find(choices.begin(), choices.end(), value) == choices.end()) {
    fail("{}: expected one of {}, got `{}`{}", key, fmt::join(choices, ", "), value,
         did_you_mean(value, choices));
  }
  return value;
}

void Settings::expect_all_read(std::string_view owner) const {
  for (const auto& [key, value] : given_) {
    std::vector<std::string> names;
    for (const Known& k : known_) names.push_back(k.key);
    if (std::ranges::find(names, key) != names.end()) continue;
    if (names.empty()) fail("{}: has no settings, got `{}`", owner, key);
    fail("{}: unknown setting `{}`; it has {}{}", owner, key, fmt::join(names, ", "),
         did_you_mean(key, names));
  }
}

}  // namespace ax
