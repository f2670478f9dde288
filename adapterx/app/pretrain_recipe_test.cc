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
  EXPECT_EQ(pretrain_recipe(config("point_small", Objective::masked)).what, "point clouds");
  EXPECT_EQ(pretrain_recipe(config("point_small", Objective::classes)).what, "point clouds");
  EXPECT_EQ(pretrain_recipe(config("vit_small_patch16_224", Objective::masked)).what, "images");
  EXPECT_EQ(pretrain_recipe(config("vit_small_patch16_224", Objective::classes)).what, "images by classes");
  EXPECT_EQ(pretrain_recipe(config("", Objective::masked)).what, "images");  // a geometry
}

TEST(PretrainRecipe, AnUnknownModelIsNamed) {
  expect_part(error_text([] { pretrain_recipe(config("vit_smal_patch16_224", Objective::masked)); }),
              "did you mean `vit_small_patch16_224`?");
}

TEST(PretrainRecipe, EachPassesTheChecksOfTraining) {
  for (const PretrainRecipe& recipe : pretrain_recipes()) {
    TrainConfig c = recipe.defaults();
    c.model.name = recipe.kind == kOfClouds ? "point_small" : "vit_small_patch16_224";
    c.data.path = "data";
    c.train.out = "out";
    EXPECT_NO_THROW(check(c)) << recipe.what;
    EXPECT_NO_THROW(check_pretraining(c)) << recipe.what;
    EXPECT_EQ(&pretrain_recipe(c), &recipe);  // it means itself
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
  EXPECT_EQ(changed(pretrain_recipes()[0].defaults(), {}), with({"train.drop_path"}));
  EXPECT_EQ(changed(pretrain_recipes()[1].defaults(), {}),
            with({"data.val_fraction", "augment.flip", "train.schedule_unit", "augment.random_resized_crop",
                  "augment.rrc_scale_min", "train.beta2"}));
  EXPECT_EQ(changed(pretrain_recipes()[2].defaults(), pretrain_recipes()[1].defaults()),
            (std::set<std::string>{"pretrain.objective", "augment.random_resized_crop",
                                   "augment.rrc_scale_min", "train.beta2", "augment.pad_crop",
                                   "augment.randaugment_ops", "augment.randaugment_magnitude",
                                   "train.label_smoothing", "train.clip", "train.ema"}));
}

TEST(PretrainRecipe, APartOfABackboneIsNoPretraining) {
  TrainConfig c = pretrain_recipes()[1].defaults();
  c.method.name = "adaptformer";
  expect_part(error_text([&] { check_pretraining(c); }), "expected the method full");
}

}  // namespace
}  // namespace ax
