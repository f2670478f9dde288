#include "adapterx/train/backbone_hash.h"

#define XXH_STATIC_LINKING_ONLY
#include <xxhash.h>

#include <memory>
#include <vector>

#include "adapterx/base/error.h"
#include "adapterx/train/trained_parts.h"

namespace ax {

std::string backbone_hash(const WeightSource& source, const VitConfig& config) {
  const std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> state(XXH3_createState(), XXH3_freeState);
  XXH3_128bits_reset(state.get());
  std::vector<float> values;
  for (const auto& [name, shape] : vit_parameters(config)) {
    if (part_of(name) == "head") continue;
    values.resize(static_cast<size_t>(shape.size()));
    if (!source(name, shape, values)) fail("{}: no value to hash", name);
    XXH3_128bits_update(state.get(), name.c_str(), name.size() + 1);
    XXH3_128bits_update(state.get(), values.data(), values.size() * sizeof(float));
  }
  const XXH128_hash_t hash = XXH3_128bits_digest(state.get());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

BackboneId backbone_id(const std::filesystem::path& weights, const VitRequest& request) {
  VitRequest as_stored;
  as_stored.heads = request.heads;
  if (!as_stored.heads && !request.model.empty())
    as_stored.heads = open_vit_checkpoint(weights, request).config.heads;
  as_stored.strict = request.strict;
  const VitCheckpoint checkpoint = open_vit_checkpoint(weights, as_stored);
  return {request.model.empty() ? weights.stem().string() : request.model,
          backbone_hash(checkpoint.source, checkpoint.config)};
}

}  // namespace ax
