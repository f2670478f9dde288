#include "adapterx/base/setting_list.h"

#include <algorithm>

#include "adapterx/base/error.h"

namespace ax {
namespace {

std::string_view last_part(std::string_view name) { return name.substr(name.rfind('.') + 1); }

using Name = std::string_view (*)(const Setting&);
std::string_view full_name(const Setting& s) { return s.name; }
std::string_view short_name(const Setting& s) { return s.short_name(); }

std::vector<std::string> names_of(std::span<const Setting> settings, Name name) {
  std::vector<std::string> names;
  for (const Setting& s : settings) names.emplace_back(name(s));
  return names;
}

}  // namespace

const Setting* find_setting(std::span<const Setting> settings, std::string_view name) {
  const auto full = std::ranges::find(settings, name, &Setting::name);
  if (full != settings.end()) return &*full;
  if (name.find('.') != std::string_view::npos) return nullptr;
  const Setting* meant = nullptr;
  for (const Setting& s : settings) {
    if (s.short_name() != name) continue;
    if (meant != nullptr) fail("{}: expected {} or {}", name, meant->name, s.name);
    meant = &s;
  }
  return meant;
}

std::string did_you_mean_setting(std::string_view name, std::span<const Setting> settings) {
  const bool full = name.find('.') != std::string_view::npos;
  const std::vector<std::string> parts = names_of(settings, short_name);
  std::string_view near = last_part(name);
  if (std::ranges::count(parts, near) == 0) {
    std::string meant = full ? did_you_mean(name, names_of(settings, full_name)) : "";
    if (!meant.empty()) return meant;
    near = nearest_name(near, parts);
  }
  if (near.empty()) return "";
  const auto of = static_cast<size_t>(std::ranges::find(parts, near) - parts.begin());
  return fmt::format("; did you mean `{}`?", full ? full_name(settings[of]) : near);
}

KeyValue parse_key_value(std::string_view text, std::string_view what, std::string_view form) {
  const size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) fail("{}`{}`: expected {}", what, text, form);
  return {std::string(text.substr(0, equals)), std::string(text.substr(equals + 1))};
}

std::vector<KeyValue> parse_key_values(const std::vector<std::string>& texts) {
  std::vector<KeyValue> all;
  for (const std::string& text : texts) all.push_back(parse_key_value(text));
  return all;
}

void assign_all(std::span<const Setting> settings, const std::vector<KeyValue>& given,
                std::string_view owner) {
  std::vector<const Setting*> assigned;
  for (const auto& [key, value] : given) {
    const Setting* setting = find_setting(settings, key);
    if (setting == nullptr) fail_unknown(owner, key, settings);
    if (std::ranges::count(assigned, setting) > 0) fail("{}: {}: given twice", owner, key);
    assign(*setting, value, fmt::format("{}: {}", owner, key));
    assigned.push_back(setting);
  }
}

void fail_unknown(std::string_view owner, std::string_view key, std::span<const Setting> settings,
                  std::span<const Setting> others) {
  std::string meant = did_you_mean_setting(key, settings);
  if (meant.empty()) meant = did_you_mean_setting(key, others);
  if (settings.empty()) fail("{}: has no settings, got `{}`{}", owner, key, meant);
  fail("{}: unknown setting `{}`; it has {}{}", owner, key, fmt::join(names_of(settings, short_name), ", "),
       meant);
}

}  // namespace ax
