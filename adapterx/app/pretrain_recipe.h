// The recipes of pretraining: which settings a backbone is trained by where its user says nothing else.
#pragma once

#include "adapterx/train/config.h"

namespace ax {

enum class PretrainRecipe {
  masked_points,   // Point-MAE (arXiv 2203.06604): hidden groups of points
  masked_images,   // MAE (arXiv 2111.06377): hidden patches
  classes_images,  // supervised: the recipe of the bundled backbone of images
};

// The settings' defaults.
TrainConfig pretrain_defaults(PretrainRecipe recipe);

// The recipe for the kind of model that a config means and for its objective. Point clouds have one for both
// objectives. Throws Error as NamedBackbone does.
PretrainRecipe pretrain_recipe(const TrainConfig& config);

// Throws Error where the method doesn't train a whole backbone.
void check_pretraining(const TrainConfig& config);

}  // namespace ax
