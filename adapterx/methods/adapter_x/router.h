// The router's parameters: a projection of sub-tokens, and an embedding for each expert.
#pragma once

#include "adapterx/graph/ops/smoa.h"
#include "adapterx/methods/adapter_x/options.h"
#include "adapterx/slots/part.h"

namespace ax {

// Adds to `parameters` those of `part`, router.*: `proj.weight` [d_e, d_h] and `embed.weight` [N, d_e], which
// start orthogonal with gain 0.32 (ours), or, of a linear router, `proj.weight` [N, d_h]; and
// `log_temperature` [1] where it is learned.
void declare_router(const Part& part, const AdapterXOptions& options, int64_t sub_width,
                    SmoaParameters& parameters);

}  // namespace ax
