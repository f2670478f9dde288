// What a file of weights holds, for people and for programs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapterx/io/tensors/tensor_file.h"

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

// Throws Error with the reason where the tensors are of no transformer that is known here.
CheckpointDescription describe_checkpoint(const TensorFile& file);

}  // namespace ax
