#include "adapterx/models/backbone.h"

#include <algorithm>
#include <array>

#include "adapterx/base/error.h"
#include "adapterx/models/checkpoint/metadata_keys.h"
#include "adapterx/models/points/point_family.h"
#include "adapterx/models/vit/vit_family.h"

namespace ax {
namespace {

ParameterShapes shapes_of(const Graph& graph, size_t first) {
  ParameterShapes shapes;
  for (size_t i = first; i < graph.parameters().size(); ++i) {
    const ValueInfo& parameter = graph.info(graph.parameters()[i]);
    shapes.emplace(parameter.name, parameter.shape);
  }
  return shapes;
}

}  // namespace

ModelParameters Backbone::parameters() const {
  Graph graph;
  Slots none;
  const BuiltBackbone built = build(graph, {}, none);
  ModelParameters parameters;
  parameters.backbone = shapes_of(graph, 0);
  if (classes() == 0) return parameters;
  const size_t own = graph.parameters().size();
  built.features.head(classes());
  parameters.head = shapes_of(graph, own);
  return parameters;
}

std::string_view Backbone::input_name() const { return family().input()->name(); }

std::span<const BackboneFamily* const> backbone_families() {
  static const std::array<const BackboneFamily*, 2> all = {&point_family(), &vit_family()};
  return all;
}

const BackboneFamily& family_of_preset(std::string_view name) {
  const auto is_near = [&](const BackboneFamily* f) {
    return !did_you_mean(name, f->preset_names()).empty();
  };
  const auto has = [&](const BackboneFamily* f) { return std::ranges::count(f->preset_names(), name) > 0; };
  const auto families = backbone_families();
  if (const auto own = std::ranges::find_if(families, has); own != families.end()) return **own;
  // A name of the last family's pattern, or a mistyped one: of the only family that has a near one.
  const auto near = std::ranges::find_if(families, is_near);
  const bool only_one = std::ranges::count_if(families, is_near) == 1;
  return only_one ? **near : *families.back();
}

BackboneModel backbone_preset(std::string_view name) { return family_of_preset(name).preset(name); }

std::shared_ptr<const TensorFile> open_backbone_file(const std::filesystem::path& path) {
  auto file = std::make_shared<const TensorFile>(open_tensor_file(path));
  if (file->metadata().contains(kBackboneKey)) {
    fail("{}: expected a whole model, got an adapter; give the checkpoint it was trained on", path.string());
  }
  return file;
}

const BackboneFamily& family_of_file(const TensorFile& file) {
  const auto families = backbone_families();
  const auto found = std::ranges::find_if(families, [&](const BackboneFamily* f) { return f->holds(file); });
  return found == families.end() ? *families.back() : **found;
}

const BackboneFamily& family_of_data(const DatasetSpec& data) {
  const auto families = backbone_families();
  const auto found =
      std::ranges::find_if(families, [&](const BackboneFamily* f) { return f->input()->recognises(data); });
  return found == families.end() ? *families.back() : **found;
}

CheckpointDescription describe_checkpoint(const TensorFile& file) {
  return family_of_file(file).describe(file);
}

BackboneCheckpoint open_backbone(const std::filesystem::path& path, const BackboneRequest& request) {
  const auto file = open_backbone_file(path);
  return family_of_file(*file).open(file, request);
}

std::optional<BackboneModel> read_backbone_metadata(const TensorFile& file) {
  for (const BackboneFamily* family : backbone_families()) {
    if (auto model = family->read_metadata(file)) return model;
  }
  return std::nullopt;
}

}  // namespace ax
