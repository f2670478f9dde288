// From the names of a checkpoint to a plan for each parameter of a model and an account of every tensor: the
// same for all families of backbones.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "adapterx/graph/frozen_weights.h"
#include "adapterx/io/tensors/tensor_file.h"
#include "adapterx/models/checkpoint/checkpoint_names.h"
#include "adapterx/models/checkpoint/load_report.h"

namespace ax {

using ParameterShapes = std::map<std::string, Shape, std::less<>>;

// A model's parameters, its head's apart: the head may be another's, the backbone may not.
struct ModelParameters {
  ParameterShapes backbone, head;
  ParameterShapes all() const;
};

struct PlannedCheckpoint {
  WeightSource source;     // holds the file open
  ParameterShapes stored;  // the backbone's parameters as the file has them, before any resampling
  bool has_head = false;   // the head's values come from the file
  bool has_head_bias = false;
};

// `stored`: the model that the file holds; `wanted`: the one asked for, which may differ in the head and the
// size of position embeddings. `report` is filled but for what was assumed. Throws Error, naming file and
// tensor, where the file lacks a parameter or has it in another shape, and, where `strict`, on a tensor that
// nothing explains.
PlannedCheckpoint plan_checkpoint(const std::shared_ptr<const TensorFile>& file, const CheckpointNames& names,
                                  const ModelParameters& stored, const ModelParameters& wanted, bool strict,
                                  LoadReport& report);

}  // namespace ax
