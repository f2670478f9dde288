// The backbone a run begins with: a checkpoint, or a preset or geometry to train from scratch.
#pragma once

#include <memory>
#include <optional>

#include "adapterx/graph/frozen_weights.h"
#include "adapterx/models/backbone.h"
#include "adapterx/train/backbone_hash.h"

namespace ax {

struct ModelSetup {
  BackbonePtr model;  // with the classes asked for
  ModelInputPtr input;
  WeightSource source;                 // of the backbone, which has no head; empty: from scratch
  std::optional<BackboneId> backbone;  // absent: from scratch
  std::optional<LoadReport> report;
};

// The backbone that a config means: its family and, where there are weights, their file, opened once.
class NamedBackbone {
 public:
  // By the preset's name, else by what the weights hold. Throws Error on a name that no preset has, and where
  // the weights can't be read.
  explicit NamedBackbone(const ModelConfig& config);

  const BackboneFamily& family() const { return *family_; }
  // What the model is shown, as a file of ours says; else the family's.
  ModelInputPtr input() const;
  // `positions_once`: the method's wish (Method::positions_once), where the config doesn't say. Throws Error
  // naming what is missing or doesn't fit.
  ModelSetup open(int64_t classes, bool positions_once) const;

 private:
  ModelSetup from_checkpoint(int64_t classes, bool positions_once) const;

  ModelConfig config_;
  std::shared_ptr<const TensorFile> file_;  // null: from scratch
  const BackboneFamily* family_ = nullptr;
};

}  // namespace ax
