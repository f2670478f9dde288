// What a user says of the backbone: a checkpoint, or a preset or geometry to train from scratch.
#pragma once

#include <cstdint>
#include <string>

namespace ax {

// 0 and "": as the checkpoint or preset has it.
struct ModelConfig {
  std::string name;     // a preset (models/vit/vit_presets.h, models/points/point_presets.h)
  std::string weights;  // a checkpoint; none: from scratch, by the method `full` alone
  int64_t width = 0, depth = 0, heads = 0, patch_size = 0, image_size = 0;
  double mlp_ratio = 0;
  // Of point transformers alone.
  int64_t points = 0, groups = 0, group_size = 0;
  std::string positions;   // every_block or once; "": as the method was published, else the preset or file
  std::string batch_norm;  // of the frozen encoder: update or fixed
  std::string pool_prompts, pool_groups;  // what the head is given of them: none, mean or max
};

}  // namespace ax
