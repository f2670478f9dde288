#include "adapterx/app/pretrain_recipe.h"

#include "adapterx/base/error.h"
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

}  // namespace

TrainConfig pretrain_defaults(PretrainRecipe recipe) {
  if (recipe == PretrainRecipe::masked_points) {
    TrainConfig config = common_defaults();
    config.train.drop_path = 0.1;
    return config;
  }
  TrainConfig config = image_defaults();
  if (recipe == PretrainRecipe::masked_images) {
    config.augment.random_resized_crop = true;
    config.augment.rrc_scale_min = 0.2;
    config.train.beta2 = 0.95;
    return config;
  }
  config.pretrain.objective = Objective::classes;
  config.augment.pad_crop = 4;
  config.augment.randaugment_ops = 2;
  config.augment.randaugment_magnitude = 7;
  config.train.label_smoothing = 0.1;
  config.train.clip = 1;
  config.train.ema = 0.999;
  return config;
}

PretrainRecipe pretrain_recipe(const TrainConfig& config) {
  if (NamedBackbone(config.model).family().name() == "point_transformer")
    return PretrainRecipe::masked_points;
  return config.pretrain.masked() ? PretrainRecipe::masked_images : PretrainRecipe::classes_images;
}

void check_pretraining(const TrainConfig& config) {
  if (config.method.name != "full") {
    fail("pretrain: expected the method full, which trains a whole backbone, got {}", config.method.name);
  }
}

}  // namespace ax
