// Full fine-tuning: every parameter of backbone and head is trained.
#pragma once

#include <memory>

#include "adapterx/methods/method.h"

namespace ax {

std::unique_ptr<Method> make_full();

}  // namespace ax
