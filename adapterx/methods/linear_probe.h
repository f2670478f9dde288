// Linear probe: the head is trained on the features of the frozen backbone.
#pragma once

#include <memory>

#include "adapterx/methods/method.h"

namespace ax {

std::unique_ptr<Method> make_linear_probe();

}  // namespace ax
