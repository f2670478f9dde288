#include "adapterx/graph/passes/recompute.h"

#include <algorithm>

#include "adapterx/graph/passes/uses.h"

namespace ax {
namespace {

int first_backward_reader(const Graph& graph, const Uses& uses, int value) {
  for (const size_t reader : uses.readers(value)) {
    if (graph.nodes()[reader].backward) return static_cast<int>(reader);
  }
  return -1;
}

// Whether the nodes from `first` on read, of what the forward made, only what some backward node reads
// anyway.
bool reads_only_kept(const Graph& graph, const Uses& uses, size_t first) {
  for (size_t n = first; n < graph.nodes().size(); ++n) {
    for (const int id : graph.nodes()[n].inputs) {
      const bool made_by_forward =
          id >= 0 && static_cast<size_t>(id) < uses.value_count() && uses.maker(id) >= 0;
      if (made_by_forward && first_backward_reader(graph, uses, id) < 0) return false;
    }
  }
  return true;
}

// Recomputes one output; false when the graph was left as it was.
bool recompute_output(Graph& graph, const Uses& uses, const Node& node, size_t output) {
  const int value = node.outputs[output];
  const int reader = value < 0 ? -1 : first_backward_reader(graph, uses, value);
  if (reader < 0) return false;
  std::deque<Node>& nodes = graph.nodes();
  const size_t first_new = nodes.size();
  const Scope scope(graph, node.scope);
  const Value again = node.op->recompute(graph, node, output);
  if (!again || !reads_only_kept(graph, uses, first_new)) {
    nodes.resize(first_new);
    return false;
  }
  for (const size_t r : uses.readers(value)) {
    if (nodes[r].backward) std::replace(nodes[r].inputs.begin(), nodes[r].inputs.end(), value, again.id);
  }
  std::rotate(nodes.begin() + reader, nodes.begin() + static_cast<int64_t>(first_new), nodes.end());
  return true;
}

}  // namespace

void recompute_cheap(Graph& graph) {
  graph.set_backward(true);
  Uses uses(graph, {});
  for (size_t n = 0; n < graph.nodes().size() && !graph.nodes()[n].backward; ++n) {
    const Node node = graph.nodes()[n];
    for (size_t output = 0; output < node.outputs.size(); ++output) {
      if (recompute_output(graph, uses, node, output)) uses = Uses(graph, {});
    }
  }
  graph.set_backward(false);
}

}  // namespace ax
