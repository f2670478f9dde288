// dW += dy^T x: the weight gradient of a linear layer.
#pragma once

#include <memory>

#include "adapterx/graph/op.h"

namespace ax {

inline constexpr std::string_view kLinearWeightGrad = "linear_weight_grad";

// Operands: dy [..., n], x [..., k]. Output: `weight`'s shape, added to.
std::shared_ptr<const Op> linear_weight_grad_op(const Shape& weight);

}  // namespace ax
