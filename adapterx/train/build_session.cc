#include "adapterx/train/build_session.h"

#include "adapterx/base/error.h"
#include "adapterx/graph/ops/add.h"

namespace ax {
namespace {

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
  const TaskGraph task = spec.task->build(
      graph, *spec.model, {spec.batch, spec.training, spec.drop_path, spec.from_scratch}, *adaptation);
  if (!trained) {
    trained = std::make_shared<TrainedParameters>(graph);
    trained->initialise(source, seed);
  } else {
    trained->expect_same(graph);
  }
  BuiltSession built;
  built.linear_head = task.linear_head;
  CompileRequest request;
  request.outputs = task.outputs;
  for (const auto& [name, value] : task.outputs) built.task_outputs.push_back(name);
  request.trained = trained;
  request.frozen = std::move(frozen);
  request.options = spec.options;
  if (task.loss) {
    request.loss = task.loss;
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
