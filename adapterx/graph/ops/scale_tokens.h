// Each token times a number of its own (the dynamic scale of DAPT, arXiv 2403.01439).
#pragma once

#include "adapterx/graph/op.h"

namespace ax {

// x [..., d] times factor [..., 1]. Role: x's.
Value scale_tokens(Value x, Value factor);

}  // namespace ax
