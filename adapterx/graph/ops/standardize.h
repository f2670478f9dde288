// Standard scores of rows: what a masked autoencoder is asked for in place of pixels (He et al., arXiv
// 2111.06377, "normalized pixel values").
#pragma once

#include "adapterx/graph/op.h"

namespace ax {

// (x - mean) / sqrt(var + eps) over the innermost axis, with the variance of a sample (divided by d - 1, as
// MAE's code has it). x: [..., d] of d >= 2; the result is of Role::exact, computed in f32. It has no
// gradient: x is data.
Value standardize(Value x, float eps);

}  // namespace ax
