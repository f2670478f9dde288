#include "adapterx/base/shortest.h"

#include <fmt/format.h>

#include <cstdlib>

namespace ax {

double shortest(float value) { return std::strtod(fmt::format("{}", value).c_str(), nullptr); }

}  // namespace ax
