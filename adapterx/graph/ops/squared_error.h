// Mean squared error, the loss of masked image modelling. Definition: kernels/loss/squared_error.h.
#pragma once

#include "adapterx/graph/op.h"

namespace ax {

// Mean over all elements of (predicted - target)^2, of one shape. Result: a scalar, Role::exact; computed in
// f32. Both operands have gradients.
Value squared_error(Value predicted, Value target);

}  // namespace ax
