#include "adapterx/train/build_session.h"

#include "adapterx/base/error.h"
#include "adapterx/graph/ops/add.h"
#include "adapterx/graph/ops/cast.h"
#include "adapterx/graph/ops/cross_entropy.h"

namespace ax {

BuiltSession build_session(const SessionSpec& spec, Method& method, std::shared_ptr<FrozenWeights> frozen,
                           const WeightSource& source, uint64_t seed,
                           std::shared_ptr<TrainedParameters> trained) {
  Graph graph;
  const Vit vit =
      build_vit(graph, spec.model, {spec.batch, spec.training, spec.drop_path, spec.from_scratch}, method);
  if (!trained) {
    trained = std::make_shared<TrainedParameters>(graph, method.trained());
    trained->initialise(source, seed);
  } else {
    trained->expect_selection(graph, method.trained());
  }
  BuiltSession built;
  CompileRequest request;
  request.outputs = {{"features", cast(vit.features, Role::exact)}};
  if (vit.logits) request.outputs.emplace_back("logits", vit.logits);
  request.trained = trained;
  request.frozen = std::move(frozen);
  request.options = spec.options;
  if (spec.training) {
    if (!vit.logits) fail("training: expected a model with classes, got one without a head");
    const Value labels = spec.soft_targets ? graph.input("labels", vit.logits.shape(), Role::exact)
                                           : graph.input("labels", {spec.batch}, Role::index);
    request.loss = cross_entropy(vit.logits, labels, spec.label_smoothing);
    request.outputs.emplace_back("loss", request.loss);
    if (const Value penalty = method.penalty()) {
      built.has_penalty = true;
      request.outputs.emplace_back("penalty", penalty);
      request.loss = add(request.loss, penalty);
    }
  }
  for (const auto& [name, value, count] : method.observed()) {
    built.observed.push_back({name, count});
    if (spec.observe) request.outputs.emplace_back(name, value);
  }
  built.trained = std::move(trained);
  built.session = compile(graph, request);
  return built;
}

}  // namespace ax
