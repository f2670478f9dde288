#include "adapterx/train/model_setup.h"

#include <utility>

#include "adapterx/base/error.h"
#include "adapterx/models/mlp_ratio.h"

namespace ax {
namespace {

void expect_geometry(const ModelConfig& m, const Backbone& in_file) {
  const auto expect = [&](std::string_view key, double want, double got) {
    if (want > 0 && want != got) {
      fail("{}: expected {} {} (model.{}), got {}", m.weights, key, want, key, got);
    }
  };
  expect("width", static_cast<double>(m.width), static_cast<double>(in_file.width()));
  expect("depth", static_cast<double>(m.depth), static_cast<double>(in_file.depth()));
  // A file has the hidden width, of which several ratios are true.
  const auto hidden = [&](double ratio) { return hidden_width(in_file.width(), static_cast<float>(ratio)); };
  if (hidden(m.mlp_ratio) != hidden(in_file.mlp_ratio())) {
    expect("mlp_ratio", m.mlp_ratio, in_file.mlp_ratio());
  }
}

// The head is always new: the classes are the data's, not the checkpoint's.
WeightSource without_head(WeightSource source, ParameterShapes backbone) {
  return [source = std::move(source), backbone = std::move(backbone)](
             std::string_view name, const Shape& shape, std::span<float> out) {
    return backbone.contains(name) && source(name, shape, out);
  };
}

}  // namespace

NamedBackbone::NamedBackbone(const ModelConfig& config) : config_(config) {
  if (!config.name.empty()) family_ = &family_of_preset(config.name);
  if (family_ != nullptr) family_->preset(config.name);  // an unknown name shows before a file is opened
  if (!config.weights.empty()) file_ = open_backbone_file(config.weights);
  if (family_ == nullptr && file_) family_ = &family_of_file(*file_);
  if (family_ == nullptr) family_ = backbone_families().back();
}

ModelInputPtr NamedBackbone::input() const {
  const auto model = file_ ? family_->read_metadata(*file_) : std::nullopt;
  return model ? model->input : family_->input();
}

ModelSetup NamedBackbone::open(int64_t classes, bool positions_once) const {
  if (file_) return from_checkpoint(classes, positions_once);
  BackboneModel model = family_->from_scratch(config_);
  return {model.backbone->with_classes(classes), std::move(model.input), {}, {}, {}};
}

ModelSetup NamedBackbone::from_checkpoint(int64_t classes, bool positions_once) const {
  BackboneRequest request;
  request.model = config_;
  request.classes = classes;
  request.positions_once = positions_once;
  BackboneCheckpoint checkpoint = family_->open(file_, request);
  expect_geometry(config_, *checkpoint.backbone);
  ModelSetup setup;
  setup.backbone = backbone_id(config_.weights, config_.name, checkpoint);
  setup.source = without_head(std::move(checkpoint.source), std::move(checkpoint.stored));
  setup.model = std::move(checkpoint.backbone);
  setup.input = std::move(checkpoint.input);
  setup.report = std::move(checkpoint.report);
  return setup;
}

}  // namespace ax
