#pragma once

#include <set>

#include "adapterx/graph/graph.h"

namespace ax {

// Removes nodes that neither a kept value nor a parameter's gradient depends on.
void eliminate_dead(Graph& graph, const std::set<int>& kept);

// Outputs that nobody reads become -1, so that kernels skip writing them. The last rewrite of all: a gradient
// may want what the forward alone doesn't read.
void clear_unread_outputs(Graph& graph, const std::set<int>& kept);

}  // namespace ax
