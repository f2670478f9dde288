// Chamfer distance of point sets, the loss of masked point modelling (Point-MAE, Pang et al., arXiv
// 2203.06604). Definition: kernels/points/chamfer.h.
#pragma once

#include "adapterx/graph/op.h"

namespace ax {

// predicted: [M, P, 3]; target: [M, Q, 3]. Result: a scalar, Role::exact; computed in f32. squared:
// Point-MAE's ChamferDistanceL2; else its L1. Both operands have gradients.
Value chamfer_distance(Value predicted, Value target, bool squared = true);

}  // namespace ax
