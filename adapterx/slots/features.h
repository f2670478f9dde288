// Features: what a backbone gives a task.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "adapterx/graph/graph.h"

namespace ax {

// The grid that the patches of an image form, row by row; 0 x 0: patches without one (groups of a cloud).
struct TokenGrid {
  int64_t height = 0, width = 0;
};

struct Features {
  Value pooled;               // [B, d_f]: what classification reads
  Value tokens;               // [B, T, d]: all tokens after the final norm, the patches last
  int64_t patches = 0;        // of the T tokens; T - patches are class tokens, registers and prompts
  TokenGrid grid;             // of the patches
  std::vector<Value> blocks;  // [B, T_l, d]: the token list after each block; T_l may grow
  // Appends the classification head that is published with the backbone: logits [B, classes], exact.
  // Parameters: head.*.
  std::function<Value(int64_t classes)> head;
};

}  // namespace ax
