#pragma once

#include <set>

#include "adapterx/graph/graph.h"

namespace ax {

// Moves token slices up through token-wise ops whose result is read by the slice alone, and into attention's
// queries: with a class-token head the last block then computes one token instead of T after its keys and
// values. Before differentiation, so that the backward is narrow too.
void narrow_tokens(Graph& graph, const std::set<int>& kept);

}  // namespace ax
