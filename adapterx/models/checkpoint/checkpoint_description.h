// What a file of weights or a preset is, for people and for programs.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace ax {

struct CheckpointDescription {
  std::string title;                 // "vision transformer, names of timm, under model"
  std::string geometry;              // "width 768, depth 12, 12 heads, MLP 3072, ..."
  std::vector<std::string> assumed;  // what the file doesn't say: "heads", "activation", "norm_eps"
  // A model name of this architecture, whatever its head, or "" where it is none of those known by name;
  // absent where nothing is looked for.
  std::optional<std::string> preset;
  std::string json;  // one object with all of this: "kind", "family", "root", "width" and so on
};

// A model that is known by name.
struct PresetDescription {
  std::string input;       // "224 px", "2048 points"
  std::string preprocess;  // "imagenet 0.875": normalisation and crop_pct; "" where there is none to tell
  std::string json;        // one object of sizes
};

}  // namespace ax
