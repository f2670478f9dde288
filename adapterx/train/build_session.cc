#include "adapterx/train/build_session.h"

#include "adapterx/graph/ops/add.h"

namespace ax {

BuiltSession build_session(const SessionSpec& spec, Method& method, std::shared_ptr<FrozenWeights> frozen,
                           const WeightSource& source, uint64_t seed,
                           std::shared_ptr<TrainedParameters> trained) {
  Graph graph;
  const TaskGraph task = spec.task->build(
      graph, *spec.model, {spec.batch, spec.training, spec.drop_path, spec.from_scratch}, method);
  if (!trained) {
    trained = std::make_shared<TrainedParameters>(graph, method.trained());
    trained->initialise(source, seed);
  } else {
    trained->expect_selection(graph, method.trained());
  }
  BuiltSession built;
  CompileRequest request;
  request.outputs = task.outputs;
  for (const auto& [name, value] : task.outputs) built.task_outputs.push_back(name);
  request.trained = trained;
  request.frozen = std::move(frozen);
  request.options = spec.options;
  if (task.loss) {
    request.loss = task.loss;
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
