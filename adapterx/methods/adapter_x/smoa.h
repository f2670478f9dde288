// The Sharing Mixture of Adapters of a block: its parameters, which other blocks share, applied to tokens.
#pragma once

#include "adapterx/graph/ops/smoa.h"
#include "adapterx/methods/adapter_x/options.h"
#include "adapterx/slots/slots.h"

namespace ax {

// SMoA(u), u [B, T, d]; `stream_scale` [1]: a further factor, absent: 1. Parameters: `smoa` where all blocks
// share one instance, else `smoa.<group>`; under it router.* (router.h) and experts.down_proj.weight [N, r,
// d_h], which starts Kaiming-uniform (a = sqrt 5), and experts.up_proj.weight [N, d_h, r], which starts zero:
// no biases (ours). With expert_norm also experts.norm.weight and .bias [N, d_h], and with expert_scale=token
// experts.scale.weight [N, d_h], which starts as down_proj.weight does, and .bias [N]. Norms and biases are
// trained without weight decay, and so are the matrices of a single expert.
Smoa apply_smoa(const Site& site, Value u, Value stream_scale, const AdapterXOptions& options);

}  // namespace ax
