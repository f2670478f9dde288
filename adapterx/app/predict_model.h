// A model to predict with, opened and described, before memory and packed weights are given to it
// (predictor.h).
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "adapterx/train/adapted_model.h"

namespace ax {

struct PredictModel {
  BackbonePtr backbone;
  ModelInputPtr input;
  bool has_logits = false;              // the head's; else it has features alone
  bool classifies = false;              // the logits are of classes; CLIP's projection is none
  std::vector<std::string> classes;     // their names; empty where the file knows none
  std::optional<AdaptedModel> adapted;  // absent: a checkpoint as it is
  WeightSource source;                  // of every parameter
};

PredictModel predict_model(const BackboneCheckpoint& checkpoint);

// Throws Error as open_adapted_model does.
PredictModel open_predict_model(const std::filesystem::path& adapter, const std::string& weights);

// A name a line. Throws Error naming the file where it can't be read or has another number of names.
std::vector<std::string> read_class_names(const std::filesystem::path& path, int64_t classes);

// The files that the paths name, as far as the model takes them: images, or 3D shapes. The model: that of the
// adapter, else ("") of the weights. Throws Error as find_images and find_shapes do.
std::vector<std::filesystem::path> find_model_inputs(const std::filesystem::path& adapter,
                                                     const std::filesystem::path& weights,
                                                     std::span<const std::filesystem::path> paths);

}  // namespace ax
