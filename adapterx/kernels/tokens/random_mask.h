// Which tokens a masked autoencoder hides (He et al., arXiv 2111.06377).
#pragma once

#include "adapterx/base/rng.h"
#include "adapterx/base/tensor.h"

namespace ax::kernels {

// Cuts the T tokens of each sample in two by chance: `masked` i32 [B, M] and `visible` i32 [B, T - M], both
// ascending; every choice of M tokens is equally likely. Selection sampling (Knuth, The Art of Computer
// Programming 2, 3.4.2, algorithm S): token t of sample b decides by draw b * T + t. Either may be absent.
void random_mask(const Rng& rng, int64_t batch, int64_t tokens, int64_t masked_tokens, const Tensor& visible,
                 const Tensor& masked);

}  // namespace ax::kernels
