#include "adapterx/models/checkpoint/class_names.h"

#include <nlohmann/json.hpp>

#include "adapterx/base/error.h"
#include "adapterx/models/checkpoint/metadata_keys.h"

namespace ax {

std::vector<std::string> stored_classes(const TensorFile& file) {
  const auto found = file.metadata().find(std::string(kClassesKey));
  if (found == file.metadata().end()) return {};
  try {
    return nlohmann::json::parse(found->second).get<std::vector<std::string>>();
  } catch (const nlohmann::json::exception& error) {
    fail("{}: metadata '{}': {}", file.path(), kClassesKey, error.what());
  }
}

}  // namespace ax
