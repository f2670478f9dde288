// BitFit (Ben Zaken et al., arXiv 2106.10199): every bias of the backbone is trained, of linear layers, of
// norms and of the patch embedding, and nothing is added. The network that makes the tokens of a cloud stays
// frozen.
#pragma once

#include <memory>

#include "adapterx/methods/method.h"

namespace ax {

std::unique_ptr<Method> make_bitfit();

}  // namespace ax
