// Where the backward starts: the gradient of the loss in itself, StepState::loss_scale (1, or 1 / n when n
// micro-batches are accumulated).
#pragma once

#include "adapterx/graph/graph.h"

namespace ax {

Value loss_gradient(Graph& graph);

}  // namespace ax
