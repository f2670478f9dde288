#include "adapterx/models/vit/vit_family.h"

#include <utility>

#include "adapterx/base/error.h"
#include "adapterx/data/images/image_input.h"
#include "adapterx/models/checkpoint/class_names.h"
#include "adapterx/models/checkpoint/foreign_names.h"
#include "adapterx/models/vit/mae.h"
#include "adapterx/models/vit/vit_checkpoint.h"
#include "adapterx/models/vit/vit_description.h"
#include "adapterx/models/vit/vit_metadata.h"
#include "adapterx/models/vit/vit_presets.h"

namespace ax {
namespace {

class VitBackbone : public Backbone {
 public:
  explicit VitBackbone(const VitConfig& config) : config_(config) {}

  const VitConfig& config() const { return config_; }
  const BackboneFamily& family() const override { return vit_family(); }
  std::string text() const override {
    return fmt::format("ViT of width {}, depth {}, patch size {}", config_.width, config_.depth,
                       config_.patch_size);
  }
  int64_t width() const override { return config_.width; }
  int64_t depth() const override { return config_.depth; }
  double mlp_ratio() const override { return static_cast<double>(config_.mlp_ratio); }
  int64_t patches() const override { return config_.patches(); }
  int64_t classes() const override { return config_.classes; }
  BackbonePtr with_classes(int64_t classes) const override {
    VitConfig config = config_;
    config.classes = classes;
    return vit_backbone(config);
  }
  BackbonePtr with_positions_once() const override { return vit_backbone(config_); }
  BuiltBackbone build(Graph& graph, const BackboneBuild& build, Slots& slots) const override {
    return build_vit(graph, config_, build, slots);
  }
  MaskedBackbone build_masked(Graph& graph, const MaskedOptions& options, const BackboneBuild& build,
                              Slots& slots) const override {
    return build_mae(graph, config_, options, build, slots);
  }
  BackboneRequest request() const override {
    BackboneRequest r;
    r.model.heads = config_.heads;
    r.model.image_size = config_.image_size;
    r.act = config_.act;
    r.norm_eps = config_.norm_eps;
    r.position_resample = config_.position_resample;
    r.classes = config_.classes;
    return r;
  }
  void write_metadata(const ModelInput& input, MetadataMap& metadata) const override {
    write_vit_metadata(config_, dynamic_cast<const ImageInput&>(input).preprocess(), metadata);
  }

 private:
  VitConfig config_;
};

BackboneModel model_of(const VitConfig& config, Preprocess preprocess) {
  preprocess.size = config.image_size;
  return {vit_backbone(config), std::make_shared<ImageInput>(preprocess)};
}

void override_config(const ModelConfig& m, VitConfig& c) {
  if (m.width > 0) c.width = m.width;
  if (m.depth > 0) c.depth = m.depth;
  if (m.heads > 0) c.heads = m.heads;
  if (m.patch_size > 0) c.patch_size = m.patch_size;
  if (m.image_size > 0) c.image_size = m.image_size;
  if (m.mlp_ratio > 0) c.mlp_ratio = static_cast<float>(m.mlp_ratio);
}

class VitFamily : public BackboneFamily {
 public:
  std::string_view name() const override { return "vit"; }
  std::string_view noun() const override { return "vision transformer"; }
  ModelInputPtr input() const override { return std::make_shared<ImageInput>(Preprocess{}); }

  // Of 64 patches. The file's own 518 px have 1,369, which is too slow for a CPU by default.
  BundledBackbone bundled() const override { return {"dinov2_small.safetensors", 112}; }

  const std::vector<std::string>& preset_names() const override { return vit_preset_names(); }
  BackboneModel preset(std::string_view name) const override {
    const VitPreset preset = vit_preset_of(name);
    return model_of(preset.config, preset.preprocess);
  }

  BackboneModel from_scratch(const ModelConfig& m) const override {
    if (m.name.empty() &&
        (m.width == 0 || m.depth == 0 || m.heads == 0 || m.patch_size == 0 || m.image_size == 0)) {
      fail(
          "model: expected weights, the name of a preset, or width, depth, heads, patch_size and image_size");
    }
    VitPreset preset{{}, preprocess_preset("half"), false};
    preset.preprocess.crop = Crop::squash;
    if (!m.name.empty()) preset = vit_preset_of(m.name);
    override_config(m, preset.config);
    return model_of(preset.config, preset.preprocess);
  }

  void expect_options(const std::string&, const BackboneRequest&) const override {}

  bool holds(const TensorFile& file) const override {
    const ForeignNames names(file);
    return names.holds_key_map();
  }

  BackboneCheckpoint open(const std::shared_ptr<const TensorFile>& file,
                          const BackboneRequest& request) const override {
    VitCheckpoint found = open_vit_checkpoint(file, request);
    const int64_t wanted = request.model.patch_size;
    if (wanted > 0 && wanted != found.config.patch_size) {
      fail("{}: expected patch_size {} (model.patch_size), got {}", file->path(), wanted,
           found.config.patch_size);
    }
    return {model_of(found.config, found.preprocess),
            std::move(found.report),
            std::move(found.plan.source),
            std::move(found.plan.stored),
            found.plan.has_head,
            found.is_projection,
            found.plan.has_head ? stored_classes(*file) : std::vector<std::string>()};
  }

  std::optional<BackboneModel> read_metadata(const TensorFile& file) const override {
    const auto found = read_vit_metadata(file);
    if (!found) return std::nullopt;
    return BackboneModel{vit_backbone(found->config), std::make_shared<ImageInput>(found->preprocess)};
  }

  CheckpointDescription describe(const TensorFile& file) const override { return describe_vit(file); }
  PresetDescription describe_preset(std::string_view name) const override {
    return describe_vit_preset(name);
  }
};

}  // namespace

const BackboneFamily& vit_family() {
  static const VitFamily family;
  return family;
}

BackbonePtr vit_backbone(const VitConfig& config) { return std::make_shared<VitBackbone>(config); }

const VitConfig& vit_config(const Backbone& backbone) {
  const auto* vit = dynamic_cast<const VitBackbone*>(&backbone);
  if (vit == nullptr) fail("expected a ViT, got a {}", backbone.text());
  return vit->config();
}

}  // namespace ax
