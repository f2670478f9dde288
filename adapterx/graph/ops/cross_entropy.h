// Softmax cross-entropy with label smoothing, mean over the batch.
#pragma once

#include "adapterx/graph/op.h"

namespace ax {

// logits: [B, C]; target: labels [B] (Role::index) or rows of probabilities [B, C] (Role::exact, for mixup).
// smoothing in [0, 1). Result: a scalar, Role::exact. Definition: kernels/cross_entropy.h.
Value cross_entropy(Value logits, Value target, float smoothing = 0);

}  // namespace ax
