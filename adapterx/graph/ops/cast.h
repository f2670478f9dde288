// Changing a value's role: the one place where element types change between ops.
#pragma once

#include "adapterx/graph/graph.h"

namespace ax {

// The same numbers in another role; the value itself where the role is the same or it is absent. Where both
// roles turn out to have one element type, compile() removes the cast.
Value cast(Value x, Role role);

inline constexpr std::string_view kCast = "cast";

}  // namespace ax
