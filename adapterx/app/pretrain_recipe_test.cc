#include "adapterx/app/pretrain_recipe.h"

#include <gtest/gtest.h>

#include <set>

#include "adapterx/base/error_text_test.h"
#include "adapterx/train/config_settings.h"

namespace ax {
namespace {

TrainConfig config(const std::string& model, Objective objective) {
  TrainConfig c;
  c.model.name = model;
  c.pretrain.objective = objective;
  return c;
}

// The keys whose values are not those of the other.
std::set<std::string> changed(TrainConfig a, TrainConfig b) {
  const std::vector<Setting> x = config_settings(a), y = config_settings(b);
  std::set<std::string> names;
  for (size_t i = 0; i < x.size(); ++i) {
    if (text_of(x[i]) != text_of(y[i])) names.insert(x[i].name);
  }
  return names;
}

TEST(PretrainRecipe, IsChosenByKindAndObjective) {
  EXPECT_EQ(pretrain_recipe(config("point_small", Objective::masked)), PretrainRecipe::masked_points);
  EXPECT_EQ(pretrain_recipe(config("point_small", Objective::classes)), PretrainRecipe::masked_points);
  EXPECT_EQ(pretrain_recipe(config("vit_small_patch16_224", Objective::masked)),
            PretrainRecipe::masked_images);
  EXPECT_EQ(pretrain_recipe(config("vit_small_patch16_224", Objective::classes)),
            PretrainRecipe::classes_images);
  EXPECT_EQ(pretrain_recipe(config("", Objective::masked)), PretrainRecipe::masked_images);  // a geometry
}

TEST(PretrainRecipe, AnUnknownModelIsNamed) {
  expect_part(error_text([] { pretrain_recipe(config("vit_smal_patch16_224", Objective::masked)); }),
              "did you mean `vit_small_patch16_224`?");
}

TEST(PretrainRecipe, EachPassesTheChecksOfTraining) {
  for (const PretrainRecipe recipe :
       {PretrainRecipe::masked_points, PretrainRecipe::masked_images, PretrainRecipe::classes_images}) {
    TrainConfig c = pretrain_defaults(recipe);
    c.model.name = recipe == PretrainRecipe::masked_points ? "point_small" : "vit_small_patch16_224";
    c.data.path = "data";
    c.train.out = "out";
    EXPECT_NO_THROW(check(c)) << static_cast<int>(recipe);
    EXPECT_NO_THROW(check_pretraining(c)) << static_cast<int>(recipe);
    EXPECT_EQ(pretrain_recipe(c), recipe);  // it means itself
  }
}

TEST(PretrainRecipe, WhatThePublishedRecipesChange) {
  const std::set<std::string> common = {"method.name",        "pretrain.objective",     "data.labels",
                                        "train.select",       "train.epochs",           "train.batch",
                                        "train.weight_decay", "augment.scale_translate"};
  const auto with = [&](std::set<std::string> more) {
    more.insert(common.begin(), common.end());
    return more;
  };
  EXPECT_EQ(changed(pretrain_defaults(PretrainRecipe::masked_points), {}), with({"train.drop_path"}));
  EXPECT_EQ(changed(pretrain_defaults(PretrainRecipe::masked_images), {}),
            with({"data.val_fraction", "augment.flip", "train.schedule_unit", "augment.random_resized_crop",
                  "augment.rrc_scale_min", "train.beta2"}));
  EXPECT_EQ(changed(pretrain_defaults(PretrainRecipe::classes_images),
                    pretrain_defaults(PretrainRecipe::masked_images)),
            (std::set<std::string>{"pretrain.objective", "augment.random_resized_crop",
                                   "augment.rrc_scale_min", "train.beta2", "augment.pad_crop",
                                   "augment.randaugment_ops", "augment.randaugment_magnitude",
                                   "train.label_smoothing", "train.clip", "train.ema"}));
}

TEST(PretrainRecipe, APartOfABackboneIsNoPretraining) {
  TrainConfig c = pretrain_defaults(PretrainRecipe::masked_images);
  c.method.name = "adaptformer";
  expect_part(error_text([&] { check_pretraining(c); }), "expected the method full");
}

}  // namespace
}  // namespace ax
