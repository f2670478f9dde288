#include "adapterx/app/pretrain_recipe.h"

#include <algorithm>
#include <array>

#include "adapterx/base/error.h"
#include "adapterx/data/model_input.h"
#include "adapterx/train/model_setup.h"

namespace ax {
namespace {

TrainConfig common_defaults() {
  TrainConfig config;
  config.method.name = "full";
  config.pretrain.objective = Objective::masked;
  config.data.labels = LabelsTaken::all;
  config.train.select = Select::last;
  config.train.epochs = 300;
  config.train.batch = 128;
  config.train.weight_decay = 0.05;
  config.point_augment.scale_translate = true;
  return config;
}

TrainConfig image_defaults() {
  TrainConfig config = common_defaults();
  config.data.val_fraction = 0;
  config.augment.flip = 0.5;
  config.train.schedule_unit = ScheduleUnit::step;
  return config;
}

TrainConfig masked_points() {
  TrainConfig config = common_defaults();
  config.train.drop_path = 0.1;
  return config;
}

TrainConfig masked_images() {
  TrainConfig config = image_defaults();
  config.augment.random_resized_crop = true;
  config.augment.rrc_scale_min = 0.2;
  config.train.beta2 = 0.95;
  return config;
}

TrainConfig classes_images() {
  TrainConfig config = image_defaults();
  config.pretrain.objective = Objective::classes;
  config.augment.pad_crop = 4;
  config.augment.randaugment_ops = 2;
  config.augment.randaugment_magnitude = 7;
  config.train.label_smoothing = 0.1;
  config.train.clip = 1;
  config.train.ema = 0.999;
  return config;
}

}  // namespace

std::span<const PretrainRecipe> pretrain_recipes() {
  static constexpr std::array<PretrainRecipe, 3> kRecipes = {
      {{"point clouds", kOfClouds, std::nullopt, masked_points},
       {"images", kOfImages, Objective::masked, masked_images},
       {"images by classes", kOfImages, Objective::classes, classes_images}}};
  return kRecipes;
}

const PretrainRecipe& pretrain_recipe(const TrainConfig& config) {
  const std::string_view kind = NamedBackbone(config.model).family().input()->kind();
  const auto suits = [&](const PretrainRecipe& recipe) {
    return recipe.kind == kind &&
           recipe.objective.value_or(config.pretrain.objective) == config.pretrain.objective;
  };
  const auto recipe = std::ranges::find_if(pretrain_recipes(), suits);
  if (recipe == pretrain_recipes().end()) fail("pretrain: there is no recipe for models of {}", kind);
  return *recipe;
}

void check_pretraining(const TrainConfig& config) {
  if (config.method.name != "full") {
    fail("pretrain: expected the method full, which trains a whole backbone, got {}", config.method.name);
  }
}

}  // namespace ax
