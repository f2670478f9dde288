// Features and logits of many files as a table of arrays: a row for each file that could be read.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ax {

class FeatureTable {
 public:
  // logits may be empty, then for every file.
  void add(const std::string& file, std::span<const float> features, std::span<const float> logits);

  // An .npz of features [n, width], `logits_name` [n, classes] and files, as text of fixed length: u8 [n,
  // longest].
  void write(const std::filesystem::path& path, std::string_view logits_name) const;

 private:
  std::vector<std::string> files_;
  std::vector<float> features_, logits_;
};

}  // namespace ax
