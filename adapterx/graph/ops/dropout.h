// Dropout and drop path. Both are for training graphs: an inference graph is built without them. Their draws
// are keyed by (seed, step, place), the place being the hash of the graph scope in which they were built and
// a name: two in one scope need a name each.
#pragma once

#include <string_view>

#include "adapterx/graph/op.h"

namespace ax {

// x / (1 - rate) where kept, else 0. x itself at rate 0.
Value dropout(Value x, float rate, std::string_view name = "dropout");

// Drops whole samples of a branch (stochastic depth): branch[b] / (1 - rate) where kept, else 0. The branch
// itself at rate 0.
Value drop_path(Value branch, float rate, std::string_view name = "drop_path");

// Operands: x [B, ...], factor [B]. What drop_path multiplies by, and its own gradient.
inline constexpr std::string_view kScaleSamples = "scale_samples";

}  // namespace ax
