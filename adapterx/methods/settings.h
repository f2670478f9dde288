// Settings: the key=value pairs of a method, read by name with a default; a key that nobody reads is an
// error.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ax {

// A setting of a method written in full, "method.heads", begins so.
inline constexpr std::string_view kMethodPrefix = "method.";
std::string_view bare_key(std::string_view key);  // "heads" of "method.heads" and of "heads"

class Settings {
 public:
  Settings() = default;
  // Each "key=value" or "method.key=value"; Error on a text without `=` and on a key given twice.
  explicit Settings(const std::vector<std::string>& pairs);

  float number(std::string_view key, float otherwise);
  int64_t integer(std::string_view key, int64_t otherwise);
  bool flag(std::string_view key, bool otherwise);  // true or false
  std::string text(std::string_view key, std::string_view otherwise);
  // One of `choices`; Error with the nearest otherwise.
  std::string choice(std::string_view key, const std::vector<std::string>& choices);  // default: the first
  // Error, with the nearest known key, when a given key was never asked for.
  void expect_all_read(std::string_view owner) const;

  struct Known {
    std::string key, otherwise;  // what was asked for, and its default as a text
  };
  const std::vector<Known>& known() const { return known_; }

 private:
  const std::string* find(std::string_view key, std::string otherwise);
  std::map<std::string, std::string, std::less<>> given_;
  std::vector<Known> known_;
};

}  // namespace ax
