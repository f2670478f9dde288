// Architecture: what `adapterx inspect` says of the vision transformer in a file.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "adapterx/io/tensors/tensor_file.h"
#include "adapterx/models/points/point_transformer.h"
#include "adapterx/models/vit/vit.h"

namespace ax::cli {

struct Architecture {
  std::string family, title, root;  // of the key map that fits; where in the file the backbone lies
  VitConfig config;
  std::optional<int64_t> heads;      // absent where neither file nor config.json nor a rule says them
  std::vector<std::string> assumed;  // of "heads", "activation", "norm_eps": what the file doesn't say
  std::string preset;                // a model name of this architecture, whatever its head; or ""
};

// What a point transformer's checkpoint is, for people and as JSON.
struct PointArchitecture {
  std::string family, root;
  PointTransformerConfig config;
  std::vector<std::string> assumed;
};
// Absent, with the reason in `why`, where the tensors are not a whole one.
std::optional<PointArchitecture> detect_point_architecture(const TensorFile& file, std::string& why);
std::string description(const PointArchitecture& a);
nlohmann::ordered_json json_of(const PointArchitecture& a);

// Absent, with the reason in `why`, where the tensors are not those of a vision transformer under known
// names.
std::optional<Architecture> detect_architecture(const TensorFile& file, std::string& why);

// "width 768, depth 12, 12 heads, MLP 3072, patch size 16, image size 224, ..."
std::string description(const Architecture& a);

nlohmann::ordered_json json_of(const Architecture& a);

// A float as the shortest decimal number that is it: 0.485, not 0.48500001430511475.
double shortest(float value);

}  // namespace ax::cli
