// The Prompt Generator of a block: from the mixture's output a to one prompt, by default
//   P = gamma * mean over tokens of a + beta.
#pragma once

#include "adapterx/graph/ops/smoa.h"
#include "adapterx/methods/adapter_x/options.h"
#include "adapterx/slots/slots.h"

namespace ax {

// P [B, 1, d]. Parameters, in the graph's present scope (a block's): prompt.gamma and prompt.beta [d]
// (methods/scale_shift.h); of the mlp instead prompt.down_proj and prompt.up_proj with biases, the
// last layer starting at zero.
Value generate_prompt(const Smoa& smoa, const PromptOptions& options);

// The next block's input from this one's output x [B, T, d]: [prefix; P; the other tokens], or P added to
// all.
Value inject_prompt(const Site& site, Value x, Value prompt, const PromptOptions& options);

}  // namespace ax
