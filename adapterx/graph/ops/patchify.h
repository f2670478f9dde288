// Cutting an image into patches: with a linear after it, a convolution of kernel and stride `patch`.
#pragma once

#include "adapterx/graph/op.h"

namespace ax {

// image [B, C, H, W] to [B, (H / patch) * (W / patch), C * patch * patch], inner order (channel, y, x): the
// order of a convolution weight [n, C, patch, patch]. Patches that are a target, too, ask for Role::exact.
Value patchify(Value image, int64_t patch, Role out = Role::activation);

}  // namespace ax
