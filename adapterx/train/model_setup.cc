#include "adapterx/train/model_setup.h"

#include <utility>

#include "adapterx/base/error.h"
#include "adapterx/models/points/point_metadata.h"
#include "adapterx/models/points/point_presets.h"
#include "adapterx/models/vit/vit_presets.h"

namespace ax {
namespace {

void override_vit(const ModelConfig& m, VitConfig& c) {
  if (m.width > 0) c.width = m.width;
  if (m.depth > 0) c.depth = m.depth;
  if (m.heads > 0) c.heads = m.heads;
  if (m.patch_size > 0) c.patch_size = m.patch_size;
  if (m.image_size > 0) c.image_size = m.image_size;
  if (m.mlp_ratio > 0) c.mlp_ratio = static_cast<float>(m.mlp_ratio);
}

void override_points(const ModelConfig& m, PointTransformerConfig& c) {
  if (m.width > 0 && !c.reduce_dim) c.encoder[3] = m.width;
  if (m.width > 0) c.width = m.width;
  if (m.depth > 0) c.depth = m.depth;
  if (m.heads > 0) c.heads = m.heads;
  if (m.mlp_ratio > 0) c.mlp_ratio = static_cast<float>(m.mlp_ratio);
  if (m.points > 0) c.points = m.points;
  if (m.groups > 0) c.groups = m.groups;
  if (m.group_size > 0) c.group_size = m.group_size;
  if (!m.positions.empty()) c.positions = parse_position_use(m.positions);
  if (!m.pool_prompts.empty()) c.pool_prompts = parse_token_pool(m.pool_prompts);
  if (!m.pool_groups.empty()) c.pool_groups = parse_token_pool(m.pool_groups);
}

ModelSetup vit_from_scratch(const ModelConfig& m) {
  if (m.name.empty() &&
      (m.width == 0 || m.depth == 0 || m.heads == 0 || m.patch_size == 0 || m.image_size == 0)) {
    fail("model: expected weights, the name of a preset, or width, depth, heads, patch_size and image_size");
  }
  Preprocess family = preprocess_preset("half");
  family.crop = Crop::squash;
  VitConfig config;
  if (!m.name.empty()) {
    VitPreset preset = vit_preset_of(m.name);
    config = preset.config;
    family = std::move(preset.preprocess);
  }
  override_vit(m, config);
  family.size = config.image_size;
  return {config, family, {}, {}, {}};
}

ModelSetup points_from_scratch(const ModelConfig& m) {
  if (m.batch_norm == "fixed") {
    fail("model.batch_norm: fixed statistics need weights to have them from; expected update, got fixed");
  }
  PointTransformerConfig config = point_preset(m.name);
  override_points(m, config);
  return {config, PointPreprocess{config.points}, {}, {}, {}};
}

VitRequest vit_request(const ModelConfig& m, int64_t classes) {
  VitRequest request;
  request.model = m.name;
  if (m.image_size > 0) request.image_size = m.image_size;
  if (m.heads > 0) request.heads = m.heads;
  request.classes = classes;
  return request;
}

PointRequest point_request(const ModelConfig& m, int64_t classes, bool positions_once) {
  PointRequest request;
  request.model = m.name;
  if (m.points > 0) request.points = m.points;
  if (m.groups > 0) request.groups = m.groups;
  if (m.group_size > 0) request.group_size = m.group_size;
  if (m.heads > 0) request.heads = m.heads;
  if (positions_once) request.positions = PositionUse::once;
  if (!m.positions.empty()) request.positions = parse_position_use(m.positions);
  if (!m.batch_norm.empty()) request.batch_norm = parse_frozen_batch_norm(m.batch_norm);
  if (!m.pool_prompts.empty()) request.pool_prompts = parse_token_pool(m.pool_prompts);
  if (!m.pool_groups.empty()) request.pool_groups = parse_token_pool(m.pool_groups);
  request.classes = classes;
  return request;
}

void expect_geometry(const ModelConfig& m, const BackboneConfig& in_file) {
  const auto expect = [&](std::string_view key, double want, auto got) {
    const auto number = static_cast<double>(got);
    if (want > 0 && want != number) {
      fail("{}: expected {} {} (model.{}), got {}", m.weights, key, want, key, number);
    }
  };
  std::visit(
      [&](const auto& c) {
        expect("width", static_cast<double>(m.width), c.width);
        expect("depth", static_cast<double>(m.depth), c.depth);
        expect("mlp_ratio", m.mlp_ratio, c.mlp_ratio);
      },
      in_file);
  if (const auto* vit = std::get_if<VitConfig>(&in_file)) {
    expect("patch_size", static_cast<double>(m.patch_size), vit->patch_size);
  }
}

ModelSetup from_checkpoint(const ModelConfig& m, const BackboneRequest& request) {
  BackboneCheckpoint checkpoint = open_backbone(m.weights, request);
  expect_geometry(m, checkpoint.config);
  ModelSetup setup;
  setup.model = checkpoint.config;
  setup.preprocess = checkpoint.preprocess;
  setup.report = std::move(checkpoint.report);
  setup.backbone = backbone_id(m.weights, request);
  // The head is always new: the classes are the data's, not the checkpoint's.
  setup.source = [inner = std::move(checkpoint.source)](std::string_view name, const Shape& shape,
                                                        std::span<float> out) {
    return !name.starts_with("head") && inner(name, shape, out);
  };
  return setup;
}

}  // namespace

bool means_point_backbone(const ModelConfig& m) {
  if (!m.name.empty()) return is_point_backbone(backbone_preset(m.name));
  return !m.weights.empty() && holds_point_backbone(m.weights);
}

ModelSetup open_model(const ModelConfig& m, int64_t classes, bool positions_once) {
  const bool points = means_point_backbone(m);
  if (m.weights.empty()) {
    ModelSetup setup = points ? points_from_scratch(m) : vit_from_scratch(m);
    setup.model = with_classes(setup.model, classes);
    return setup;
  }
  if (points) return from_checkpoint(m, point_request(m, classes, positions_once));
  return from_checkpoint(m, vit_request(m, classes));
}

}  // namespace ax
