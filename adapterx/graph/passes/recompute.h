#pragma once

#include "adapterx/graph/graph.h"

namespace ax {

// Computes cheap activations again in the backward instead of keeping them (Op::recompute): an activation's
// output from its input, a norm's output from its normalised input. Only where the backward keeps what they
// are computed from anyway, so that every recomputation frees memory at the price of one pass over it.
void recompute_cheap(Graph& graph);

}  // namespace ax
