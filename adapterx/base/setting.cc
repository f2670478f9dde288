#include "adapterx/base/setting.h"

#include <charconv>
#include <cmath>
#include <optional>

#include "adapterx/base/error.h"

namespace ax {
namespace {

template <class T>
std::optional<T> parsed(const std::string& text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string names_of(const Setting& setting) {
  std::vector<std::string_view> names;
  for (const auto& [name, value] : setting.named) names.emplace_back(name);
  return fmt::format("{}", fmt::join(names, ", "));
}

struct Assign {
  const Setting& setting;
  const std::string& text;
  std::string_view where;

  void operator()(std::string* out) const { *out = text; }

  void operator()(bool* out) const {
    if (text != "true" && text != "false") fail("{}: expected true or false, got `{}`", where, text);
    *out = text == "true";
  }

  template <class T>
  void operator()(T* out) const {
    for (const auto& [name, value] : setting.named) {
      if (text == name) {
        *out = static_cast<T>(value);
        return;
      }
    }
    const auto value = parsed<T>(text);
    if (!value) {
      const std::string_view kind = std::is_integral_v<T> ? "an integer" : "a number";
      fail("{}: expected {}{}{}, got `{}`", where, kind, setting.named.empty() ? "" : " or ",
           names_of(setting), text);
    }
    if (!setting.range.holds(static_cast<double>(*value))) {
      fail("{}: expected {}, got {}", where, expected_number(setting), *value);
    }
    *out = *value;
  }

  void operator()(uint64_t* out) const {
    const auto value = parsed<int64_t>(text);  // TOML has no larger ones
    if (!value) fail("{}: expected an integer, got `{}`", where, text);
    if (*value < 0) fail("{}: expected an integer of 0 or more, got {}", where, *value);
    *out = static_cast<uint64_t>(*value);
  }

  void operator()(const Choice& choice) const {
    const auto found = std::ranges::find(choice.names, text);
    if (found == choice.names.end()) {
      std::vector<std::string> names = choice.names;
      std::erase(names, "");
      fail("{}: expected {}, got `{}`{}", where, fmt::join(names, ", "), text, did_you_mean(text, names));
    }
    choice.set(static_cast<size_t>(found - choice.names.begin()));
  }
};

struct TextOf {
  const Setting& setting;

  std::string operator()(const std::string* value) const { return *value; }
  std::string operator()(const bool* value) const { return *value ? "true" : "false"; }
  std::string operator()(const Choice& choice) const { return choice.names.at(choice.get()); }

  template <class T>
  std::string operator()(const T* value) const {
    for (const auto& [name, named] : setting.named) {
      if (static_cast<double>(*value) == named) return name;
    }
    return fmt::format("{}", *value);
  }
};

}  // namespace

bool Range::holds(double value) const {
  const bool high_enough = above ? value > least : value >= least;
  const bool low_enough = below ? static_cast<float>(value) < static_cast<float>(most) : value <= most;
  return std::isfinite(value) && high_enough && low_enough;
}

Choice one_of(std::string& value, const std::vector<std::string>& choices) {
  std::vector<std::pair<std::string, std::string>> named;
  for (const std::string& name : choices) named.emplace_back(name, name);
  return one_of<std::string>(value, std::move(named));
}

std::string_view Setting::section() const {
  const size_t dot = name.rfind('.');
  return dot == std::string::npos ? "" : std::string_view(name).substr(0, dot);
}

std::string_view Setting::short_name() const { return std::string_view(name).substr(name.rfind('.') + 1); }

void assign(const Setting& setting, const std::string& text, std::string_view where) {
  std::visit([&](const auto& value) { Assign{setting, text, where}(value); }, setting.value);
}

std::string text_of(const Setting& setting) { return std::visit(TextOf{setting}, setting.value); }

bool is_text(const Setting& setting) {
  return std::holds_alternative<std::string*>(setting.value) || std::holds_alternative<Choice>(setting.value);
}

std::string expected_number(const Setting& setting) {
  const Range& r = setting.range;
  const std::string names = setting.named.empty() ? "" : fmt::format(", or {}", names_of(setting));
  const bool open = r.above || r.below;
  if (std::isinf(r.least) && std::isinf(r.most)) return "a finite number" + names;
  if (std::isinf(r.most)) {
    return r.above ? fmt::format("a number above {}{}", r.least, names)
                   : fmt::format("{} or more{}", r.least, names);
  }
  if (!open) return fmt::format("a number from {} to {}{}", r.least, r.most, names);
  return fmt::format("a number in {}{}, {}{}{}", r.above ? '(' : '[', r.least, r.most, r.below ? ')' : ']',
                     names);
}

}  // namespace ax
