// Maximum over tokens.
#pragma once

#include "adapterx/graph/op.h"

namespace ax {

// Maximum over tokens [begin, begin + count) of x [B, T, d], feature by feature: [B, 1, d]. The gradient goes
// to the token that has it, of equals to the first.
Value max_tokens(Value x, int64_t begin, int64_t count);

}  // namespace ax
