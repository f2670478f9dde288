// Settings: the key=value pairs of a method, read by name with a default; a key that nobody reads is an
// error.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ax {

class Settings {
 public:
  Settings() = default;
  // Each "key=value"; Error on a text without `=` and on a key given twice.
  explicit Settings(const std::vector<std::string>& pairs);

  float number(std::string_view key, float otherwise);
  int64_t integer(std::string_view key, int64_t otherwise);
  // Error, with the nearest known key, when a given key was never asked for.
  void expect_all_read(std::string_view owner) const;

 private:
  const std::string* find(std::string_view key);
  std::map<std::string, std::string, std::less<>> given_;
  std::vector<std::string> known_;
};

}  // namespace ax
