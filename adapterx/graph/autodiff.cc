#include "adapterx/graph/autodiff.h"

#include <algorithm>

#include "adapterx/base/error.h"
#include "adapterx/graph/op.h"
#include "adapterx/graph/ops/add.h"
#include "adapterx/graph/ops/cast.h"
#include "adapterx/graph/ops/loss_gradient.h"
#include "adapterx/graph/ops/reduce.h"

namespace ax {

Gradients::Gradients(Graph& graph, std::span<const int> trained) : graph_(graph) {
  reaches_.assign(static_cast<size_t>(graph.value_count()), false);
  for (const int id : trained) reaches_[static_cast<size_t>(id)] = true;
  for (const Node& node : graph.nodes()) {
    const bool reached = std::any_of(node.inputs.begin(), node.inputs.end(),
                                     [&](int id) { return id >= 0 && reaches_[static_cast<size_t>(id)]; });
    for (const int id : node.outputs) {
      reaches_[static_cast<size_t>(id)] = reached && graph.info(id).role != Role::index;
    }
  }
}

Value Gradients::of(const Node& node, size_t output) const {
  const auto found = gradient_.find(node.outputs[output]);
  return found == gradient_.end() ? Value{} : found->second;
}

bool Gradients::wants(const Node& node, size_t input) const {
  return input < node.inputs.size() && node.inputs[input] >= 0 &&
         reaches_[static_cast<size_t>(node.inputs[input])];
}

Value Gradients::input(const Node& node, size_t i) {
  return i < node.inputs.size() && node.inputs[i] >= 0 ? graph_.value(node.inputs[i]) : Value{};
}

Value Gradients::output(const Node& node, size_t i) { return graph_.value(node.outputs[i]); }

void Gradients::add(const Node& node, size_t input, Value g) {
  if (wants(node, input)) accumulate(node.inputs[input], g);
}

void Gradients::accumulate(int value, Value g) {
  const ValueInfo& target = graph_.info(value);
  if (g.shape() != target.shape) {
    fail("gradient of {}: expected {}, got {}", target.name, to_string(target.shape), to_string(g.shape()));
  }
  g = cast(g, target.role);
  Value& held = gradient_[value];
  held = held ? ax::add(held, g) : g;
}

void Gradients::sink(const Node& node, size_t input, std::shared_ptr<const Op> op,
                     std::initializer_list<Value> operands) {
  if (!wants(node, input)) return;
  const int id = node.inputs[input];
  if (graph_.info(id).kind == ValueKind::parameter) {
    graph_.append_sink(std::move(op), std::span(operands.begin(), operands.size()), graph_.value(id));
  } else {
    accumulate(id, graph_.append(std::move(op), std::span(operands.begin(), operands.size()))[0]);
  }
}

// Gradients that ops contributed to parameters as plain values end in the parameters' spans too.
void Gradients::flush_parameters(std::span<const int> trained) {
  for (const int id : trained) {
    const auto found = gradient_.find(id);
    if (found == gradient_.end()) continue;
    const Value operands[] = {found->second};
    graph_.append_sink(column_sum_op(graph_.info(id).shape), operands, graph_.value(id));
  }
}

void differentiate(Graph& graph, Value loss, std::span<const int> trained) {
  if (loss.shape().size() != 1) fail("loss: expected a scalar, got {}", to_string(loss.shape()));
  const size_t forward_nodes = graph.nodes().size();
  Gradients gradients(graph, trained);
  if (!gradients.reaches_[static_cast<size_t>(loss.id)]) fail("loss: depends on no trained parameter");
  graph.set_backward(true);
  gradients.gradient_[loss.id] = loss_gradient(graph);
  for (size_t i = forward_nodes; i-- > 0;) {
    const Node& node = graph.nodes()[i];  // a deque: stays valid while nodes are appended
    const bool has_gradient = std::any_of(node.outputs.begin(), node.outputs.end(),
                                          [&](int id) { return gradients.gradient_.contains(id); });
    const bool wanted = std::any_of(node.outputs.begin(), node.outputs.end(),
                                    [&](int id) { return gradients.reaches_[static_cast<size_t>(id)]; });
    if (!has_gradient || !wanted) continue;
    const Scope scope(graph, node.scope);
    node.op->backward(gradients, node);
  }
  gradients.flush_parameters(trained);
  graph.set_backward(false);
}

}  // namespace ax
