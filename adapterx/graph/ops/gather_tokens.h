// Picking tokens by index.
#pragma once

#include "adapterx/graph/op.h"

namespace ax {

// y[b, m] = x[b, index[b, m]]: x [B, T, d], index [B, M] of Role::index, y [B, M, d]. An x [1, T, d]
// (positions) is that of every sample. Indices may repeat: the gradients of one token's picks add up. A run
// with an index outside [0, T) is an Error.
Value gather_tokens(Value x, Value index);

}  // namespace ax
