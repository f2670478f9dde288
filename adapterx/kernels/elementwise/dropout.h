// Dropout (Srivastava et al., 2014) and drop path (stochastic depth, Huang et al., arXiv 1603.09382). Masks
// are functions of (seed, step, place, element), see base/rng.h: the backward draws them again, nothing is
// stored.
#pragma once

#include "adapterx/base/rng.h"
#include "adapterx/base/tensor.h"

namespace ax::kernels {

// y = x / (1 - rate) where kept, else 0; element i is kept when rng.uniform(first_draw + i) >= rate. Its
// gradient is the same map. y may be x.
void dropout(const Rng& rng, float rate, const Tensor& x, const Tensor& y, uint64_t first_draw = 0);

// factor[b] = 1 / (1 - rate) where rng.uniform(b) >= rate, else 0. f32 [B].
void drop_path_factors(const Rng& rng, float rate, const Tensor& factor);

}  // namespace ax::kernels
