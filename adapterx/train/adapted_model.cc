#include "adapterx/train/adapted_model.h"

#include "adapterx/base/error.h"

namespace ax {
namespace {

WeightSource backbone_of(const AdapterFile& adapter, const std::string& weights) {
  const BackboneRequest request = request_for(adapter.info.model);
  BackboneCheckpoint checkpoint = open_backbone(weights, request);
  expect_backbone(adapter, weights, backbone_id(weights, request));
  return std::move(checkpoint.source);
}

}  // namespace

AdaptedModel open_adapted_model(const std::filesystem::path& adapter, const std::string& weights) {
  AdaptedModel model{open_adapter(adapter), {}, {}, nullptr};
  const AdapterInfo& info = model.adapter.info;
  if (info.backbone && weights.empty()) {
    fail("{}: expected the weights of its backbone `{}`, got none", adapter.string(), info.backbone->name);
  }
  if (info.backbone) model.backbone = backbone_of(model.adapter, weights);
  model.source = model.adapter.source(model.backbone);
  if (!info.backbone) model.backbone = model.source;
  model.method = make_method(info.method, info.settings);
  return model;
}

BuiltSession build_adapted_session(const AdaptedModel& model, int64_t batch, const CompileOptions& options,
                                   std::shared_ptr<FrozenWeights> frozen, bool observe) {
  SessionSpec spec;
  spec.model = model.adapter.info.model;
  spec.batch = batch;
  spec.training = false;
  spec.options = options;
  spec.observe = observe;
  if (!frozen) frozen = std::make_shared<FrozenWeights>(model.backbone);
  return build_session(spec, *model.method, std::move(frozen), model.source);
}

}  // namespace ax
