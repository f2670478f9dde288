// The same elements under another shape.
#pragma once

#include "adapterx/graph/op.h"

namespace ax {

Value reshape(Value x, const Shape& shape);

}  // namespace ax
