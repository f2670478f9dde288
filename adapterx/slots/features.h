// Features: what a backbone gives a task.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "adapterx/graph/graph.h"

namespace ax {

struct Features {
  Value pooled;         // [B, d_f]: what classification reads
  Value tokens;         // [B, T, d]: all tokens after the final norm, the patches last
  int64_t patches = 0;  // of the T tokens; T - patches are class tokens, registers and prompts
  int64_t grid_height = 0, grid_width = 0;  // the patches as rows of a grid; 0: they have none (Site)
  std::vector<Value> blocks;                // [B, T_l, d]: the token list after each block; T_l may grow
  // Appends the classification head that is published with the backbone: logits [B, classes], exact.
  // Parameters: head.*.
  std::function<Value(int64_t classes)> head;
};

}  // namespace ax
