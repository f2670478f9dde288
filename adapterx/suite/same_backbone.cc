#include "adapterx/suite/same_backbone.h"

#include <fstream>
#include <nlohmann/json.hpp>

#include "adapterx/base/error.h"
#include "adapterx/io/atomic_file.h"

namespace ax {

void expect_same_backbone(const std::filesystem::path& folder, const std::string& hash) {
  const std::filesystem::path path = folder / "backbone.json";
  if (!std::filesystem::exists(path)) {
    write_atomically(path, nlohmann::ordered_json{{"hash", hash}}.dump() + "\n");
    return;
  }
  std::ifstream in(path);
  const auto stored = nlohmann::json::parse(in, nullptr, false);
  if (stored.is_object() && stored.value("hash", "") == hash) return;
  fail("{}: has runs on another backbone (its weights' hash isn't {}); name another folder by --out",
       folder.string(), hash);
}

}  // namespace ax
