// How each parameter of a model is made of a foreign file, and the source of values that follows such plans.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapterx/graph/frozen_weights.h"
#include "adapterx/graph/init.h"
#include "adapterx/io/tensors/tensor_file.h"
#include "adapterx/models/checkpoint/key_maps.h"
#include "adapterx/models/vit/pos_embed.h"

namespace ax {

// Of position embeddings, which are resampled where another size is asked for.
struct PositionPlan {
  int64_t prefix = 1;  // rows before the grid
  PositionResample resample = PositionResample::bicubic_antialias;
};

struct ParameterPlan {
  std::vector<std::string> tensors;  // of the file; several: stacked along the first axis
  Layout layout = Layout::same;
  Shape shape;  // as the file has it, ours but for resampled positions
  std::optional<PositionPlan> positions = {};
  std::optional<Init> start = {};  // nothing in the file: a start of its own, the same for every seed
};

using ParameterPlans = std::map<std::string, ParameterPlan, std::less<>>;

// Whether a tensor of a file can serve as one of ours (or, of stacked ones, a part of it).
bool fits(const Shape& theirs, Layout layout, const Shape& ours);

// Gives each parameter that has a plan; pages of the file are given back once copied. Throws Error where it
// is asked for a plan's parameter in a shape that the plan can't give.
WeightSource planned_source(std::shared_ptr<const TensorFile> file, ParameterPlans plans);

}  // namespace ax
