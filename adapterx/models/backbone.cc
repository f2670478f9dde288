#include "adapterx/models/backbone.h"

#include <fmt/format.h>

#include <utility>

#include "adapterx/base/error.h"
#include "adapterx/models/points/point_metadata.h"
#include "adapterx/models/points/point_presets.h"
#include "adapterx/models/vit/vit_metadata.h"
#include "adapterx/models/vit/vit_presets.h"

namespace ax {
namespace {

template <class... Cases>
struct Match : Cases... {
  using Cases::operator()...;
};

template <class Checkpoint>
BackboneCheckpoint backbone_of(Checkpoint c) {
  return {std::move(c.config), std::move(c.preprocess), std::move(c.report), std::move(c.source), c.has_head};
}

}  // namespace

std::string to_string(const InputPreprocess& preprocess) {
  return std::visit(Match{[](const Preprocess& p) { return to_string(p); },
                          [](const PointPreprocess& p) {
                            return fmt::format("{} points{}", p.points,
                                               p.unit_sphere ? ", centred in the unit sphere" : "");
                          }},
                    preprocess);
}

BuiltBackbone build_backbone(Graph& graph, const BackboneConfig& config, const BackboneBuild& build,
                             Slots& slots) {
  return std::visit(
      Match{[&](const VitConfig& c) {
              const Vit m = build_vit(
                  graph, c, {build.batch, build.training, build.drop_path, build.from_scratch}, slots);
              return BuiltBackbone{m.images, m.features, m.logits};
            },
            [&](const PointTransformerConfig& c) {
              const PointTransformer m = build_point_transformer(
                  graph, c, {build.batch, build.training, build.drop_path, build.from_scratch}, slots);
              return BuiltBackbone{m.points, m.features, m.logits};
            }},
      config);
}

std::map<std::string, Shape, std::less<>> backbone_parameters(const BackboneConfig& config) {
  return std::visit(Match{[](const VitConfig& c) { return vit_parameters(c); },
                          [](const PointTransformerConfig& c) { return point_parameters(c); }},
                    config);
}

bool is_point_backbone(const BackboneConfig& config) {
  return std::holds_alternative<PointTransformerConfig>(config);
}

std::string_view input_name(const BackboneConfig& config) {
  return is_point_backbone(config) ? "points" : "images";
}

int64_t classes_of(const BackboneConfig& config) {
  return std::visit([](const auto& c) { return c.classes; }, config);
}

void add_positions_once(BackboneConfig& config) {
  if (auto* points = std::get_if<PointTransformerConfig>(&config)) points->positions = PositionUse::once;
}

BackboneConfig with_classes(BackboneConfig config, int64_t classes) {
  std::visit([&](auto& c) { c.classes = classes; }, config);
  return config;
}

BackboneConfig backbone_preset(std::string_view name) {
  const auto is_near = [&](const auto& names) { return !did_you_mean(name, names).empty(); };
  const bool means_points = is_near(point_preset_names()) && !is_near(vit_preset_names());
  if (is_point_preset(name) || means_points) return point_preset(name);
  return vit_preset(name);
}

BackboneCheckpoint open_backbone(const std::filesystem::path& path, const BackboneRequest& request) {
  return std::visit(Match{[&](const VitRequest& r) { return backbone_of(open_vit_checkpoint(path, r)); },
                          [&](const PointRequest& r) { return backbone_of(open_point_checkpoint(path, r)); }},
                    request);
}

BackboneRequest request_for(const BackboneConfig& config) {
  return std::visit(Match{[](const VitConfig& c) -> BackboneRequest {
                            VitRequest r;
                            r.heads = c.heads;
                            r.act = c.act;
                            r.norm_eps = c.norm_eps;
                            r.image_size = c.image_size;
                            r.classes = c.classes;
                            return r;
                          },
                          [](const PointTransformerConfig& c) -> BackboneRequest {
                            PointRequest r;
                            r.points = c.points;
                            r.groups = c.groups;
                            r.group_size = c.group_size;
                            r.classes = c.classes;
                            r.heads = c.heads;
                            r.positions = c.positions;
                            r.batch_norm = c.batch_norm;
                            r.pool_prompts = c.pool_prompts;
                            r.pool_groups = c.pool_groups;
                            return r;
                          }},
                    config);
}

bool holds_point_backbone(const std::filesystem::path& path) {
  return is_point_checkpoint(open_tensor_file(path));
}

void write_backbone_metadata(const BackboneConfig& config, const InputPreprocess& preprocess,
                             MetadataMap& metadata) {
  std::visit(
      Match{[&](const VitConfig& c) { write_vit_metadata(c, std::get<Preprocess>(preprocess), metadata); },
            [&](const PointTransformerConfig& c) {
              write_point_metadata(c, std::get<PointPreprocess>(preprocess), metadata);
            }},
      config);
}

std::optional<BackboneMetadata> read_backbone_metadata(const TensorFile& file) {
  if (const auto points = read_point_metadata(file)) {
    return BackboneMetadata{points->config, points->preprocess};
  }
  if (const auto vit = read_vit_metadata(file)) return BackboneMetadata{vit->config, vit->preprocess};
  return std::nullopt;
}

}  // namespace ax
