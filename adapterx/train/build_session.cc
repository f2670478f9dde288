#include "adapterx/train/build_session.h"

#include "adapterx/base/error.h"
#include "adapterx/graph/ops/add.h"
#include "adapterx/graph/ops/cast.h"
#include "adapterx/graph/ops/cross_entropy.h"
#include "adapterx/models/mae.h"
#include "adapterx/models/point_mae.h"

namespace ax {
namespace {

// What a graph gives, whatever is learned; loss absent: forward only.
struct Outputs {
  Value features, logits, loss;
};

Outputs build_masked(Graph& graph, const SessionSpec& spec, Slots& slots) {
  if (const auto* vit = std::get_if<VitConfig>(&spec.model)) {
    const MaskedVit model = build_mae(graph, *vit, *spec.masked,
                                      {spec.batch, spec.training, spec.drop_path, spec.from_scratch}, slots);
    return {model.features, {}, model.loss};
  }
  const MaskedPointTransformer model =
      build_point_mae(graph, std::get<PointTransformerConfig>(spec.model), *spec.masked,
                      {spec.batch, spec.training, spec.drop_path, spec.from_scratch}, slots);
  return {model.features, {}, model.loss};
}

Outputs build_classifier(Graph& graph, const SessionSpec& spec, Slots& slots) {
  const BuiltBackbone model = build_backbone(
      graph, spec.model, {spec.batch, spec.training, spec.drop_path, spec.from_scratch}, slots);
  if (!spec.training) return {model.features, model.logits, {}};
  if (!model.logits) fail("training: expected a model with classes, got one without a head");
  const Value labels = spec.target_rows ? graph.input("labels", model.logits.shape(), Role::exact)
                                        : graph.input("labels", {spec.batch}, Role::index);
  return {model.features, model.logits,
          cross_entropy(model.logits, labels, spec.label_smoothing, spec.heads)};
}

std::string output_name(const Observed& observed) {
  switch (observed.kind) {
    case ObservedKind::expert_choice:
      return fmt::format("blocks.{}.expert", observed.block);
  }
  fail("observed value of kind {}: unknown", static_cast<int>(observed.kind));
}

}  // namespace

BuiltSession build_session(const SessionSpec& spec, const Method& method,
                           std::shared_ptr<FrozenWeights> frozen, const WeightSource& source, uint64_t seed,
                           std::shared_ptr<TrainedParameters> trained) {
  Graph graph;
  const std::unique_ptr<Adaptation> adaptation = method.adapt();
  const Outputs model =
      spec.masked ? build_masked(graph, spec, *adaptation) : build_classifier(graph, spec, *adaptation);
  if (!trained) {
    trained = std::make_shared<TrainedParameters>(graph);
    trained->initialise(source, seed);
  } else {
    trained->expect_same(graph);
  }
  BuiltSession built;
  CompileRequest request;
  request.outputs = {{"features", cast(model.features, Role::exact)}};
  if (model.logits) request.outputs.emplace_back("logits", model.logits);
  request.trained = trained;
  request.frozen = std::move(frozen);
  request.options = spec.options;
  if (model.loss) {
    request.loss = model.loss;
    request.outputs.emplace_back("loss", request.loss);
    if (const Value penalty = adaptation->penalty()) {
      built.has_penalty = true;
      request.outputs.emplace_back("penalty", penalty);
      request.loss = add(request.loss, penalty);
    }
  }
  for (const Observed& o : adaptation->observed()) {
    built.observed.push_back({o.kind, o.block, o.count, output_name(o)});
    if (spec.observe) request.outputs.emplace_back(built.observed.back().output, o.value);
  }
  built.trained = std::move(trained);
  built.session = compile(graph, request);
  return built;
}

}  // namespace ax
