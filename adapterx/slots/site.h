// Site: where in a backbone a slot is called.
#pragma once

#include <cstdint>

#include "adapterx/graph/graph.h"

namespace ax {

struct Site {
  static constexpr int kOutside = -1;

  int block = kOutside;   // from 0; kOutside: before the first block or after the last
  int depth = 0;          // blocks in all
  bool training = false;  // dropout belongs into a training graph only
  int64_t prefix = 1;     // tokens before the patches, as embedded (class, distillation, registers)
  int64_t patches = 0;    // the last tokens of every list: patches of an image, groups of a cloud
  // The patches as rows of a grid; 0: they have none (clouds, or images of which some patches are hidden).
  int64_t grid_height = 0, grid_width = 0;

  bool in_block() const { return block != kOutside; }
  // The same place of the model in block `b`.
  Site in(int64_t b) const {
    Site site = *this;
    site.block = static_cast<int>(b);
    return site;
  }
  // How many tokens of x [B, T, d] are no patches: prefix tokens and prompts, which come first.
  int64_t others(Value x) const { return x.shape()[1] - patches; }
};

}  // namespace ax
