// Softmax cross-entropy with label smoothing, mean over the batch.
#pragma once

#include <cstdint>
#include <vector>

#include "adapterx/graph/op.h"

namespace ax {

// logits: [B, C]; target: labels [B] (Role::index) or rows of weights [B, C] (Role::exact, for mixup and
// several heads). heads: the classes of each, sum C; empty: one. smoothing in [0, 1). Result: a scalar,
// Role::exact. Definition: kernels/loss/cross_entropy.h.
Value cross_entropy(Value logits, Value target, float smoothing = 0, std::vector<int64_t> heads = {});

}  // namespace ax
