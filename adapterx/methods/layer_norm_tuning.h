// LayerNorm tuning: scale and bias of every LayerNorm of the backbone are trained, the final one's, too, and
// nothing is added. The BatchNorms of the network that makes the tokens of a cloud stay frozen.
#pragma once

#include <memory>

#include "adapterx/methods/method.h"

namespace ax {

std::unique_ptr<Method> make_layer_norm_tuning();

}  // namespace ax
