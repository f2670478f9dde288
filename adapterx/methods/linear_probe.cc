#include "adapterx/methods/linear_probe.h"

namespace ax {

std::unique_ptr<Method> make_linear_probe() { return std::make_unique<Unadapted>(); }

}  // namespace ax
