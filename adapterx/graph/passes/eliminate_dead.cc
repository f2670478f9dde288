#include "adapterx/graph/passes/eliminate_dead.h"

#include <algorithm>
#include <vector>

#include "adapterx/graph/passes/uses.h"

namespace ax {

void eliminate_dead(Graph& graph, const std::set<int>& kept) {
  std::vector<bool> live(static_cast<size_t>(graph.value_count()), false);
  for (const int id : kept) live[static_cast<size_t>(id)] = true;
  for (size_t n = graph.nodes().size(); n-- > 0;) {
    Node& node = graph.nodes()[n];
    const bool needed = std::any_of(node.outputs.begin(), node.outputs.end(), [&](int id) {
      return id >= 0 && (live[static_cast<size_t>(id)] || graph.info(id).kind == ValueKind::gradient);
    });
    if (!needed) {
      node.op.reset();
      continue;
    }
    for (const int id : node.inputs) {
      if (id >= 0) live[static_cast<size_t>(id)] = true;
    }
  }
  sweep(graph);
}

void clear_unread_outputs(Graph& graph, const std::set<int>& kept) {
  const Uses uses(graph, kept);
  for (Node& node : graph.nodes()) {
    for (int& id : node.outputs) {
      if (id < 0 || graph.info(id).kind == ValueKind::gradient) continue;
      if (uses.readers(id).empty() && !uses.is_kept(id)) id = -1;
    }
  }
}

}  // namespace ax
