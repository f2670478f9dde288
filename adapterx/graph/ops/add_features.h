// A branch added to some of the features: where a low-rank update meets queries and values, and not keys.
#pragma once

#include "adapterx/graph/op.h"

namespace ax {

// y [..., D] with x [..., n] added to features [begin, begin + n); the others stay. In y's role.
Value add_features(Value y, Value x, int64_t begin);

}  // namespace ax
