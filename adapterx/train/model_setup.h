// The backbone a run begins with: a checkpoint, or a preset or geometry to train from scratch.
#pragma once

#include <optional>

#include "adapterx/graph/frozen_weights.h"
#include "adapterx/models/backbone.h"
#include "adapterx/train/backbone_hash.h"
#include "adapterx/train/config.h"

namespace ax {

struct ModelSetup {
  BackboneConfig model;  // with the classes asked for
  InputPreprocess preprocess;
  WeightSource source;                 // empty: from scratch
  std::optional<BackboneId> backbone;  // absent: from scratch
  std::optional<LoadReport> report;
};

// Whether the config means a point transformer: by the preset's name, else by what the weights hold. Throws
// Error on a name that no preset has, and where the weights can't be read.
bool means_point_backbone(const ModelConfig& config);

// `positions_once`: the method's wish (Method::positions_once), where the config doesn't say. Throws Error
// naming what is missing or doesn't fit.
ModelSetup open_model(const ModelConfig& config, int64_t classes, bool positions_once);

}  // namespace ax
