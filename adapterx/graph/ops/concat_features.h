// Concatenation along the innermost axis.
#pragma once

#include <span>

#include "adapterx/graph/op.h"

namespace ax {

// The features of the parts side by side: [B, T, d0 + d1 + ...] of [B, T, d0], [B, T, d1] ... A part with one
// token repeats for every token of the others, as when a mini-PointNet puts a group's maximum beside each
// point's features. Parts of rank 2, [B, d0] ..., are taken alike.
Value concat_features(std::span<const Value> parts);

// For gradients: features [begin, begin + n) of dy [B, T, d], in the shape and role of what had them, which
// is [B, T, n] or, where one token was repeated, [B, 1, n], then summed over the tokens.
Value slice_features(Value dy, int64_t begin, const Shape& part, Role role);

}  // namespace ax
