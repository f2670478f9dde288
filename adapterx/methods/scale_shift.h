// A learned scale and shift of channels: what DAPT's TFTS and Adapter-X's prompts share.
#pragma once

#include "adapterx/slots/part.h"

namespace ax {

// gamma * x + beta, x [..., d]. Parameters of `part`: gamma and beta [d], which start N(1, 0.02) and
// N(0, 0.02).
Value scale_shift(const Part& part, Value x);

}  // namespace ax
