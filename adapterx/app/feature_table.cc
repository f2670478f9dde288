#include "adapterx/app/feature_table.h"

#include <algorithm>

#include "adapterx/io/tensors/npy.h"

namespace ax {

void FeatureTable::add(const std::string& file, std::span<const float> features,
                       std::span<const float> logits) {
  files_.push_back(file);
  features_.insert(features_.end(), features.begin(), features.end());
  logits_.insert(logits_.end(), logits.begin(), logits.end());
}

void FeatureTable::write(const std::filesystem::path& path, std::string_view logits_name) const {
  const auto n = static_cast<int64_t>(files_.size());
  size_t longest = 1;
  for (const std::string& file : files_) longest = std::max(longest, file.size());
  std::vector<char> names(files_.size() * longest, '\0');
  for (size_t i = 0; i < files_.size(); ++i)
    std::ranges::copy(files_[i], names.begin() + static_cast<ptrdiff_t>(i * longest));
  const auto columns = [n](const std::vector<float>& v) {
    return n > 0 ? static_cast<int64_t>(v.size()) / n : 0;
  };
  TensorMap tensors;
  tensors["features"] = f32_tensor({n, columns(features_)}, features_);
  if (!logits_.empty()) tensors[std::string(logits_name)] = f32_tensor({n, columns(logits_)}, logits_);
  tensors["files"] = {FileDType::u8, {n, static_cast<int64_t>(longest)}, std::as_bytes(std::span(names)), {}};
  write_npz(path, tensors);
}

}  // namespace ax
