// For tests that hold for every method on every backbone: the smallest of each kind, and settings that make
// methods small.
#pragma once

#include <vector>

#include "adapterx/graph/gradient_check.h"
#include "adapterx/models/synthetic_weights.h"
#include "adapterx/train/build_session.h"

namespace ax {

inline constexpr int64_t kMicroBatch = 3;

inline std::vector<BackboneConfig> micro_models() {
  VitConfig vit;
  vit.image_size = 16;
  vit.patch_size = 8;
  vit.width = 16;
  vit.depth = 2;
  vit.heads = 2;
  vit.mlp_ratio = 1;
  vit.classes = 3;
  PointTransformerConfig points;
  points.points = 24;
  points.groups = 4;
  points.group_size = 6;
  points.encoder = {8, 8, 8, 16};
  points.position_hidden = 8;
  points.width = 16;
  points.depth = 2;
  points.heads = 2;
  points.mlp_ratio = 1;
  points.classes = 3;
  return {vit, points};
}

inline InputPreprocess preprocess_of(const BackboneConfig& model) {
  if (const auto* points = std::get_if<PointTransformerConfig>(&model))
    return PointPreprocess{points->points};
  Preprocess half = preprocess_preset("half");
  half.size = std::get<VitConfig>(model).image_size;
  return half;
}

inline SessionSpec evaluation_spec(const BackboneConfig& model) {
  SessionSpec spec;
  spec.model = model;
  spec.batch = kMicroBatch;
  spec.training = false;
  spec.options.precision = Precision::fp32;
  return spec;
}

inline void fill_input(Session& session, const BackboneConfig& model) {
  const Tensor input = session.input(input_name(model));
  fill_synthetic(input_name(model), input.shape, input.f32_span());
}

// Small settings of a method, and, of methods that have several forms, those.
inline std::vector<std::vector<std::string>> micro_variants(const std::string& method) {
  std::vector<std::string> small;
  for (const auto& [key, value] : {std::pair{"rank", "2"}, {"experts", "3"}, {"route_width", "2"}}) {
    if (method_has(method, key)) small.push_back(std::string(key) + "=" + value);
  }
  // The method's own `heads`: sub-tokens of a token.
  if (method_has(method, "method.heads")) small.emplace_back("heads=2");
  std::vector<std::vector<std::string>> all = {small};
  if (method_has(method, "targets")) {
    all.push_back(small);
    all.back().insert(all.back().end(), {"targets=qkv", "alpha=5"});
  }
  return all;
}

}  // namespace ax
