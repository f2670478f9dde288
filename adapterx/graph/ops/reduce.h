// Sums: over everything (losses) and over leading axes (gradients of broadcast operands).
#pragma once

#include <memory>

#include "adapterx/graph/op.h"

namespace ax {

// Sum of all elements: a scalar, Role::exact.
Value sum(Value x);

// Operand: x, whose size is a multiple of target's. Output += x summed over its leading axes.
std::shared_ptr<const Op> column_sum_op(const Shape& target);
// Operands: x and z of equal size. Output += x * z summed over leading axes.
std::shared_ptr<const Op> column_dot_op(const Shape& target);

}  // namespace ax
