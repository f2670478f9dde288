#include "adapterx/train/adapted_model.h"

#include "adapterx/base/error.h"
#include "adapterx/train/bundled_backbone.h"

namespace ax {
namespace {

WeightSource backbone_of(const AdapterFile& adapter, const std::string& weights) {
  const BackboneFamily& family = adapter.info.model->family();
  const auto file = open_backbone_file(weights);
  if (const BackboneFamily& other = family_of_file(*file); &other != &family && other.holds(*file)) {
    fail("{}: expected a {}, on which {} was trained, got a {}", weights, family.noun(), adapter.path,
         other.noun());
  }
  BackboneCheckpoint checkpoint = family.open(file, adapter.info.model->request());
  expect_backbone(adapter, weights, backbone_id(weights, "", checkpoint));
  return std::move(checkpoint.source);
}

std::string bundled_weights(const AdapterFile& adapter) {
  const std::string& name = adapter.info.backbone->name;
  const std::string file = name + ".safetensors";
  if (const auto found = find_bundled(file)) return found->string();
  fail("{}: expected the weights of its backbone `{}`, got none; {}", adapter.path, name,
       bundled_places(file));
}

AdaptedModel adapted_model(AdapterFile adapter, WeightSource backbone, std::string weights) {
  AdaptedModel model{std::move(adapter), std::move(backbone), {}, nullptr, std::move(weights)};
  const AdapterInfo& info = model.adapter.info;
  model.source = model.adapter.source(model.backbone);
  if (!info.backbone) model.backbone = model.source;
  model.method = make_method(info.method, info.settings);
  return model;
}

}  // namespace

AdaptedModel open_adapted_model(const std::filesystem::path& path, const std::string& weights) {
  AdapterFile adapter = open_adapter(path);
  if (!adapter.info.backbone) return adapted_model(std::move(adapter), {}, "");
  const std::string file = weights.empty() ? bundled_weights(adapter) : weights;
  WeightSource source = backbone_of(adapter, file);
  return adapted_model(std::move(adapter), std::move(source), file);
}

AdaptedModel open_adapted_model(const std::filesystem::path& path, const ModelSetup& setup) {
  AdapterFile adapter = open_adapter(path);
  if (adapter.info.backbone && adapter.info.backbone != setup.backbone) {
    fail("{}: expected an adapter of the run's own backbone", path.string());
  }
  WeightSource source = adapter.info.backbone ? setup.source : WeightSource();
  return adapted_model(std::move(adapter), std::move(source), "");
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
