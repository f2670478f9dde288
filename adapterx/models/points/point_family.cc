#include "adapterx/models/points/point_family.h"

#include <utility>

#include "adapterx/base/error.h"
#include "adapterx/data/points/point_input.h"
#include "adapterx/models/checkpoint/class_names.h"
#include "adapterx/models/points/point_checkpoint.h"
#include "adapterx/models/points/point_description.h"
#include "adapterx/models/points/point_mae.h"
#include "adapterx/models/points/point_metadata.h"
#include "adapterx/models/points/point_presets.h"

namespace ax {
namespace {

class PointBackbone : public Backbone {
 public:
  explicit PointBackbone(const PointTransformerConfig& config) : config_(config) {}

  const PointTransformerConfig& config() const { return config_; }
  const BackboneFamily& family() const override { return point_family(); }
  std::string text() const override {
    return fmt::format("point transformer of width {}, depth {}", config_.width, config_.depth);
  }
  int64_t width() const override { return config_.width; }
  int64_t depth() const override { return config_.depth; }
  double mlp_ratio() const override { return static_cast<double>(config_.mlp_ratio); }
  int64_t patches() const override { return config_.groups; }
  int64_t classes() const override { return config_.classes; }
  BackbonePtr with_classes(int64_t classes) const override {
    PointTransformerConfig config = config_;
    config.classes = classes;
    return point_backbone(config);
  }
  BackbonePtr with_positions_once() const override {
    PointTransformerConfig config = config_;
    config.positions = PositionUse::once;
    return point_backbone(config);
  }
  BuiltBackbone build(Graph& graph, const BackboneBuild& build, Slots& slots) const override {
    return build_point_transformer(graph, config_, build, slots);
  }
  MaskedBackbone build_masked(Graph& graph, const MaskedOptions& options, const BackboneBuild& build,
                              Slots& slots) const override {
    return build_point_mae(graph, config_, options, build, slots);
  }
  BackboneRequest request() const override {
    BackboneRequest r;
    r.model.points = config_.points;
    r.model.groups = config_.groups;
    r.model.group_size = config_.group_size;
    r.model.heads = config_.heads;
    r.model.positions = to_string(config_.positions);
    r.model.batch_norm = to_string(config_.batch_norm);
    r.model.pool_prompts = to_string(config_.pool_prompts);
    r.model.pool_groups = to_string(config_.pool_groups);
    r.classes = config_.classes;
    return r;
  }
  void write_metadata(const ModelInput& input, MetadataMap& metadata) const override {
    write_point_metadata(config_, dynamic_cast<const PointInput&>(input).preprocess(), metadata);
  }

 private:
  PointTransformerConfig config_;
};

BackboneModel model_of(const PointTransformerConfig& config, PointPreprocess preprocess) {
  preprocess.points = config.points;
  return {point_backbone(config), std::make_shared<PointInput>(preprocess)};
}

class PointFamily : public BackboneFamily {
 public:
  std::string_view name() const override { return "point_transformer"; }
  std::string_view noun() const override { return "point transformer"; }
  ModelInputPtr input() const override { return std::make_shared<PointInput>(PointPreprocess{}); }

  BundledBackbone bundled() const override { return {"point_small.safetensors", 0}; }

  const std::vector<std::string>& preset_names() const override { return point_preset_names(); }
  BackboneModel preset(std::string_view name) const override { return model_of(point_preset(name), {}); }

  BackboneModel from_scratch(const ModelConfig& m) const override {
    if (m.batch_norm == "fixed") {
      fail("model.batch_norm: fixed statistics need weights to have them from; expected update, got fixed");
    }
    PointTransformerConfig c = point_preset(m.name);
    if (m.width > 0 && !c.reduce_dim) c.encoder[3] = m.width;
    if (m.width > 0) c.width = m.width;
    if (m.depth > 0) c.depth = m.depth;
    if (m.heads > 0) c.heads = m.heads;
    if (m.mlp_ratio > 0) c.mlp_ratio = static_cast<float>(m.mlp_ratio);
    apply(m, c);
    return model_of(c, {});
  }

  void expect_options(const std::string& file, const BackboneRequest& request) const override {
    if (!request.act && !request.norm_eps) return;
    fail("{}: a point transformer; expected no activation or norm_eps with it", file);
  }

  bool holds(const TensorFile& file) const override { return is_point_checkpoint(file); }

  BackboneCheckpoint open(const std::shared_ptr<const TensorFile>& file,
                          const BackboneRequest& request) const override {
    PointCheckpoint found = open_point_checkpoint(file, request);
    return {model_of(found.config, found.preprocess),
            std::move(found.report),
            std::move(found.plan.source),
            std::move(found.plan.stored),
            found.plan.has_head,
            /*is_projection=*/false,
            found.plan.has_head ? stored_classes(*file) : std::vector<std::string>()};
  }

  std::optional<BackboneModel> read_metadata(const TensorFile& file) const override {
    const auto found = read_point_metadata(file);
    if (!found) return std::nullopt;
    return model_of(found->config, found->preprocess);
  }

  CheckpointDescription describe(const TensorFile& file) const override {
    return describe_point_transformer(file);
  }
  PresetDescription describe_preset(std::string_view name) const override {
    return describe_point_preset(name);
  }
};

}  // namespace

const BackboneFamily& point_family() {
  static const PointFamily family;
  return family;
}

BackbonePtr point_backbone(const PointTransformerConfig& config) {
  return std::make_shared<PointBackbone>(config);
}

const PointTransformerConfig& point_config(const Backbone& backbone) {
  const auto* points = dynamic_cast<const PointBackbone*>(&backbone);
  if (points == nullptr) fail("expected a point transformer, got a {}", backbone.text());
  return points->config();
}

}  // namespace ax
