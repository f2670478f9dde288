// The recipes of pretraining: which settings a backbone is trained by where its user says nothing else.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "adapterx/train/config.h"

namespace ax {

struct PretrainRecipe {
  std::string_view what;               // for people: "images by classes"
  std::string_view kind;               // of the data that the model takes: ModelInput::kind
  std::optional<Objective> objective;  // absent: of all objectives
  TrainConfig (*defaults)() = nullptr;
};

// point clouds       Point-MAE (arXiv 2203.06604): hidden groups of points
// images             MAE (arXiv 2111.06377): hidden patches
// images by classes  supervised: the recipe of the bundled backbone of images
std::span<const PretrainRecipe> pretrain_recipes();

// The recipe for the data of the model that a config means and for its objective. Throws Error as
// NamedBackbone does.
const PretrainRecipe& pretrain_recipe(const TrainConfig& config);

// Throws Error where the method doesn't train a whole backbone.
void check_pretraining(const TrainConfig& config);

}  // namespace ax
