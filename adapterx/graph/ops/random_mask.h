// Random masks of masked autoencoders.
#pragma once

#include <string_view>

#include "adapterx/graph/op.h"

namespace ax {

struct TokenMask {
  Value visible, masked;  // Role::index, ascending: [B, tokens - masked], [B, masked]
};

// Which `masked` of `tokens` tokens of each of `batch` samples are masked: every choice is equally likely,
// drawn by (seed, step, place), the place being that of `name` in the present scope (see dropout).
TokenMask random_mask(Graph& graph, int64_t batch, int64_t tokens, int64_t masked,
                      std::string_view name = "mask");

}  // namespace ax
