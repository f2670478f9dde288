#include "adapterx/train/build_session.h"

#include "adapterx/base/error.h"
#include "adapterx/graph/ops/add.h"
#include "adapterx/graph/ops/cast.h"
#include "adapterx/graph/ops/linear.h"

namespace ax {
namespace {

std::string output_name(const Observed& observed) {
  switch (observed.kind) {
    case ObservedKind::expert_choice:
      return fmt::format("blocks.{}.expert", observed.block);
  }
  fail("observed value of kind {}: unknown", static_cast<int>(observed.kind));
}

// The session of a graph that is built.
BuiltSession compiled(Graph& graph, const TaskGraph& task, Adaptation& adaptation, const SessionSpec& spec,
                      std::shared_ptr<FrozenWeights> frozen, std::shared_ptr<TrainedParameters> trained) {
  BuiltSession built;
  built.linear_head = task.linear_head;
  built.draws = graph.draws();
  CompileRequest request;
  request.outputs = task.outputs;
  for (const auto& [name, value] : task.outputs) built.task_outputs.push_back(name);
  request.trained = trained;
  request.frozen = std::move(frozen);
  request.options = spec.options;
  if (task.loss) {
    request.loss = task.loss;
    request.outputs.emplace_back("loss", request.loss);
    if (const Value penalty = adaptation.penalty()) {
      built.has_penalty = true;
      request.outputs.emplace_back("penalty", penalty);
      request.loss = add(request.loss, penalty);
    }
  }
  for (const Observed& o : adaptation.observed()) {
    built.observed.push_back({o.kind, o.block, o.count, output_name(o)});
    if (spec.observe) request.outputs.emplace_back(built.observed.back().output, o.value);
  }
  for (const StreamScale& s : adaptation.stream_scales()) {
    built.measured.push_back({s.buffer, s.buffer + ".stream", s.buffer + ".input"});
    if (!spec.measure) continue;
    request.outputs.emplace_back(built.measured.back().stream, cast(s.stream, Role::exact));
    request.outputs.emplace_back(built.measured.back().input, cast(s.input, Role::exact));
  }
  built.trained = std::move(trained);
  built.session = compile(graph, request);
  return built;
}

// A parameter of another graph.
Value declared(Graph& graph, const TrainedParameters::Entry& e) {
  return graph.parameter(e.name, e.shape, e.init, {e.part, /*trained=*/true, e.decays, e.relative});
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
  return compiled(graph, task, *adaptation, spec, std::move(frozen), std::move(trained));
}

BuiltSession build_head_session(const SessionSpec& spec, const LinearHead& head,
                                std::shared_ptr<FrozenWeights> frozen,
                                std::shared_ptr<TrainedParameters> trained) {
  Graph graph;
  const TrainedParameters::Entry &weight = *trained->find(head.weight), &bias = *trained->find(head.bias);
  Features features;
  features.pooled = cast(graph.input(kFeatures, {spec.batch, weight.shape[1]}), Role::activation);
  features.head = [&](int64_t) {
    return linear(features.pooled, declared(graph, weight), declared(graph, bias), Role::exact);
  };
  const TaskGraph task = spec.task->build_on(graph, features, weight.shape[0], spec.training);
  trained->expect_same(graph);
  Adaptation none;
  return compiled(graph, task, none, spec, std::move(frozen), std::move(trained));
}

}  // namespace ax
