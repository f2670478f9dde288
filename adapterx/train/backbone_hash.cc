#include "adapterx/train/backbone_hash.h"

#define XXH_STATIC_LINKING_ONLY
#include <xxhash.h>

#include <memory>
#include <vector>

#include "adapterx/base/error.h"

namespace ax {
namespace {

// What opens a checkpoint without changing any of its parameters.
BackboneRequest as_stored(const std::filesystem::path& weights, const BackboneRequest& request) {
  if (const auto* vit = std::get_if<VitRequest>(&request)) {
    VitRequest r;
    r.heads = vit->heads;
    if (!r.heads && !vit->model.empty()) r.heads = open_vit_checkpoint(weights, *vit).config.heads;
    r.strict = vit->strict;
    return r;
  }
  PointRequest r;
  r.strict = std::get<PointRequest>(request).strict;
  return r;
}

}  // namespace

std::string backbone_hash(const WeightSource& source, const BackboneConfig& config) {
  const std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> state(XXH3_createState(), XXH3_freeState);
  XXH3_128bits_reset(state.get());
  std::vector<float> values;
  for (const auto& [name, shape] : backbone_parameters(with_classes(config, 0))) {
    values.resize(static_cast<size_t>(shape.size()));
    if (!source(name, shape, values)) fail("{}: no value to hash", name);
    XXH3_128bits_update(state.get(), name.c_str(), name.size() + 1);
    XXH3_128bits_update(state.get(), values.data(), values.size() * sizeof(float));
  }
  const XXH128_hash_t hash = XXH3_128bits_digest(state.get());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

BackboneId backbone_id(const std::filesystem::path& weights, const BackboneRequest& request) {
  const BackboneCheckpoint checkpoint = open_backbone(weights, as_stored(weights, request));
  const std::string model = std::visit([](const auto& r) { return r.model; }, request);
  return {model.empty() ? weights.stem().string() : model,
          backbone_hash(checkpoint.source, checkpoint.config)};
}

}  // namespace ax
