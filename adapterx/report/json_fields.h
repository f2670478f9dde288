// Reading JSON of files that may be wrong: each value by its key, with errors that name it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <type_traits>

#include "adapterx/base/error.h"

namespace ax {

using Json = nlohmann::ordered_json;

template <class T>
constexpr const char* json_kind() {
  if constexpr (std::is_same_v<T, bool>) return "true or false";
  if constexpr (std::is_integral_v<T>) return "a whole number";
  if constexpr (std::is_floating_point_v<T>) return "a number";
  return "a text";
}

template <class T>
T json_value(const Json& value, std::string_view key) {
  bool fits = value.is_string();
  if constexpr (std::is_same_v<T, bool>) {
    fits = value.is_boolean();
  } else if constexpr (std::is_unsigned_v<T>) {
    fits = value.is_number_unsigned();
  } else if constexpr (std::is_integral_v<T>) {
    fits = value.is_number_integer();
  } else if constexpr (std::is_floating_point_v<T>) {
    fits = value.is_number();
  }
  if (!fits) fail("`{}`: expected {}, got {}", key, json_kind<T>(), value.type_name());
  return value.get<T>();
}

// Sets `out` where the object has the key.
template <class T>
void read_field(const Json& object, const char* key, T& out) {
  const auto found = object.find(key);
  if (found != object.end()) out = json_value<T>(*found, key);
}

// The array under `key`, or an empty one.
inline const Json& json_array(const Json& object, const char* key) {
  static const Json kEmpty = Json::array();
  const auto found = object.find(key);
  if (found == object.end()) return kEmpty;
  if (!found->is_array()) fail("`{}`: expected an array, got {}", key, found->type_name());
  return *found;
}

// Throws Error, "FILE: expected JSON, ..." where the text is none or no object.
inline Json parse_json_object(const std::string& name, std::string_view text) {
  Json parsed = Json::parse(text, nullptr, false);
  if (parsed.is_discarded()) fail("{}: expected JSON, got something else or a part of it", name);
  if (!parsed.is_object()) fail("{}: expected a JSON object, got {}", name, parsed.type_name());
  return parsed;
}

// Bytes that are no UTF-8, in names of files and classes, become U+FFFD.
inline std::string json_text(const Json& value, int indent = -1) {
  return value.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace ax
