// SourceOptions: the "key=value,key=value" of a source of samples, each asked for once by the source.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ax {

class SourceOptions {
 public:
  // Throws Error on a part without `=` and on a key given twice. source: for errors.
  SourceOptions(std::string source, std::string_view text);

  // The value given, or `otherwise`. All throw Error naming source and key on a value of another kind,
  // outside [least, most] or not among the choices.
  int64_t integer(std::string_view key, int64_t otherwise, int64_t least, int64_t most);
  double number(std::string_view key, double otherwise, double least, double most);
  std::string text(std::string_view key, std::string_view otherwise);
  std::string choice(std::string_view key, std::string_view otherwise,
                     const std::vector<std::string>& choices);
  uint64_t seed() { return static_cast<uint64_t>(integer("seed", 0, 0, int64_t{1} << 62)); }

  // Throws Error naming the first key that nothing asked for, with the nearest one that something did.
  void expect_known() const;

  const std::string& source() const { return source_; }

 private:
  const std::string* find(std::string_view key);

  std::string source_;
  std::vector<std::pair<std::string, std::string>> given_;
  std::vector<std::string> asked_;
};

}  // namespace ax
