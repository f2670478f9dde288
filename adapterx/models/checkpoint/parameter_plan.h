// The parameters of a vision transformer, drawn from a foreign file by a plan. Internal to vit_checkpoint.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "adapterx/graph/frozen_weights.h"
#include "adapterx/io/tensors/tensor_file.h"
#include "adapterx/models/checkpoint/key_maps.h"

namespace ax {

// How one parameter of ours is made.
struct ParameterPlan {
  std::vector<std::string> tensors;  // of the file; several: stacked along the first axis
  Layout layout = Layout::same;
  Shape shape;         // as the file has it, ours but for resampled positions
  int64_t prefix = 0;  // of position embeddings: rows before the grid
  bool zero = false;   // nothing in the file: zeros
};

using ParameterPlans = std::map<std::string, ParameterPlan, std::less<>>;

// Whether a tensor of a file can serve as one of ours (or, of stacked ones, a part of it).
bool fits(const Shape& theirs, Layout layout, const Shape& ours);

// Gives each parameter that has a plan; pages of the file are given back once copied. Throws Error where it
// is asked for a plan's parameter in a shape that the plan can't give.
WeightSource make_vit_source(std::shared_ptr<const TensorFile> file, ParameterPlans plans);

}  // namespace ax
