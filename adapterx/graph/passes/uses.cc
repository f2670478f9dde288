#include "adapterx/graph/passes/uses.h"

#include <algorithm>

namespace ax {

Uses::Uses(const Graph& graph, const std::set<int>& kept)
    : kept_(kept),
      readers_(static_cast<size_t>(graph.value_count())),
      maker_(static_cast<size_t>(graph.value_count()), -1) {
  for (size_t n = 0; n < graph.nodes().size(); ++n) {
    const Node& node = graph.nodes()[n];
    if (!node.op) continue;
    for (const int id : node.inputs) {
      if (id >= 0) readers_[static_cast<size_t>(id)].push_back(n);
    }
    for (const int id : node.outputs) {
      if (id >= 0) maker_[static_cast<size_t>(id)] = static_cast<int>(n);
    }
  }
}

void replace_uses(Graph& graph, int from, int to) {
  for (Node& node : graph.nodes()) std::replace(node.inputs.begin(), node.inputs.end(), from, to);
}

void sweep(Graph& graph) {
  std::erase_if(graph.nodes(), [](const Node& node) { return !node.op; });
}

}  // namespace ax
