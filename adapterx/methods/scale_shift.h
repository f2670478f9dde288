// A learned scale and shift of channels: what DAPT's TFTS and Adapter-X's prompts share.
#pragma once

#include "adapterx/graph/graph.h"

namespace ax {

// gamma * x + beta, x [..., d]. Parameters, in the graph's present scope: gamma and beta [d], which start
// N(1, 0.02) and N(0, 0.02).
Value scale_shift(Value x);

}  // namespace ax
