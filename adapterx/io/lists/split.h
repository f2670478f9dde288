// The parts that data are cut into.
#pragma once

#include <cstdint>

namespace ax {

enum class Split : uint8_t { train, val, test };

}  // namespace ax
