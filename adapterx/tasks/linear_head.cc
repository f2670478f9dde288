#include "adapterx/tasks/linear_head.h"

#include <algorithm>

#include "adapterx/graph/ops/linear.h"

namespace ax {
namespace {

bool is_trained(const Graph& graph, int id) {
  return id >= 0 && graph.info(id).kind == ValueKind::parameter && graph.info(id).use.trained;
}

}  // namespace

std::optional<LinearHead> linear_head(Value logits, Value features) {
  const Graph& graph = *logits.graph;
  const auto layer = std::ranges::find_if(
      graph.nodes(), [&](const Node& node) { return std::ranges::count(node.outputs, logits.id) > 0; });
  if (layer == graph.nodes().end()) return std::nullopt;
  const auto* op = dynamic_cast<const LinearOp*>(layer->op.get());
  const std::vector<int>& in = layer->inputs;
  if (op == nullptr || in.size() < 3 || in[0] != features.id) return std::nullopt;
  if (!is_trained(graph, in[1]) || !is_trained(graph, in[2])) return std::nullopt;
  return LinearHead{graph.info(in[1]).name, graph.info(in[2]).name};
}

}  // namespace ax
