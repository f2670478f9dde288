#include "adapterx/train/config.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "adapterx/base/error_text_test.h"
#include "adapterx/train/config_settings.h"

namespace ax {
namespace {

TrainConfig read(const std::string& text) {
  TrainConfig config;
  read_config_text("a.toml", text, config);
  return config;
}

std::string read_error(const std::string& text) {
  return error_text([&] { read(text); });
}

TEST(Config, ReadsSectionsAndMethodSettings) {
  const TrainConfig c = read(
      "[train]\nlr = 1e-2\nepochs = 7\nselect = \"last\"\ndecay_vectors = true\n[method]\nname = "
      "\"adaptformer\"\n"
      "rank = 8\nscale = 0.5\n[augment]\nflip = 0.5\n[data]\npath = \"x y\"\n[model]\nmlp_ratio = 3\n");
  EXPECT_EQ(c.train.lr, 1e-2);
  EXPECT_EQ(c.train.epochs, 7);
  EXPECT_EQ(c.train.select, Select::last);
  EXPECT_TRUE(c.train.decay_vectors);
  EXPECT_EQ(c.augment.flip, 0.5);
  EXPECT_EQ(c.data.path, "x y");
  EXPECT_EQ(c.model.mlp_ratio, 3);
  EXPECT_EQ(c.method.pairs(), (std::vector<std::string>{"rank=8", "scale=0.5"}));
  EXPECT_EQ(c.train.batch, TrainConfig().train.batch);
}

TEST(Config, OverridesByFullAndByBareName) {
  TrainConfig c = read("[train]\nlr = 0.5\n[method]\nrank = 8\n");
  for (const char* text : {"lr=1e-3", "train.epochs=3", "rank=16", "method.scale=0.1", "model.name=a=b"}) {
    override_config(text, c);
  }
  EXPECT_EQ(c.train.lr, 1e-3);
  EXPECT_EQ(c.train.epochs, 3);
  EXPECT_EQ(c.model.name, "a=b");
  EXPECT_EQ(c.method.pairs(), (std::vector<std::string>{"rank=16", "scale=0.1"}));
}

TEST(Config, WritesWhatItReads) {
  TrainConfig c;
  for (const char* text :
       {"lr=0.00030000000000000003", "data.path=C:\\new \"quoted\"\ttab\x01", "seed=9223372036854775807",
        "rank=16", "router=linear", "temperature=0.07", "version=1e400", "odd=007", "prompts=false",
        "mixup=0.8", "epochs=11", "precision=bf16", "pad_reflect=true"}) {
    override_config(text, c);
  }
  const std::string text = to_toml(c);
  TrainConfig again;
  read_config_text("again", text, again);
  EXPECT_EQ(to_toml(again), text);
  EXPECT_EQ(difference(c, again), "");
  EXPECT_EQ(again.data.path, c.data.path);
  EXPECT_EQ(again.train.seed, 9223372036854775807u);
  EXPECT_EQ(again.method.pairs(), c.method.pairs());
}

TEST(Config, ErrorsNameLineKeyAndNearest) {
  EXPECT_EQ(read_error("[train]\nlr = 1\nepocs = 3\n"),
            "a.toml:3: train.epocs: unknown key; did you mean `train.epochs`?");
  EXPECT_EQ(read_error("[train]\nlr = \"x\"\n"), "a.toml:2: train.lr: expected no quotes");
  EXPECT_EQ(read_error("[train]\nepochs = 1.5\n"), "a.toml:2: train.epochs: expected an integer, got `1.5`");
  EXPECT_EQ(read_error("[train]\nepochs = 0\n"),
            "a.toml:2: train.epochs: expected a number from 1 to 1000000000, got 0");
  EXPECT_EQ(read_error("[train]\nselect = \"vall\"\n"),
            "a.toml:2: train.select: expected val, last, test-best, got `vall`; did you mean `val`?");
  EXPECT_NE(read_error("[tran]\n").find("a.toml:1: unknown section `tran`; did you mean `train`?"),
            std::string::npos);
  EXPECT_NE(read_error("[train]\nlr = \n").find("a.toml:2: "), std::string::npos);
  EXPECT_NE(read_error("[train]\nlr = nan\n"), "no error");
  EXPECT_NE(read_error("[train]\nlr = [1]\n"), "no error");
  TrainConfig c;
  EXPECT_EQ(error_text([&] { override_config("train.lrr=1", c); }),
            "setting `train.lrr`: unknown; did you mean `train.lr`?");
  EXPECT_EQ(error_text([&] { override_config("lr", c); }), "setting `lr`: expected key=value");
  c.method.name = "adaptformer_x";
  EXPECT_EQ(error_text([&] { override_config("heads=2", c); }),
            "heads: expected model.heads or method.heads, as adaptformer_x has a setting of this name, too");
  c.method.name = "full";
  override_config("heads=2", c);
  EXPECT_EQ(c.model.heads, 2);
  EXPECT_NE(error_text([&] { read_config("/nonexistent.toml", c); }).find("/nonexistent.toml"),
            std::string::npos);
}

TEST(Config, OverridesMakeTheConfigOfTheDefaults) {
  EXPECT_TRUE(overrides_of({}).empty());
  const TrainConfig c = read(
      "[train]\nlr = 1e-5\nselect = \"last\"\ndecay_vectors = true\nseed = 9223372036854775807\n[method]\n"
      "name = \"full\"\nrank = 8\n[data]\npath = \"a \\\"b\\\" = c\"\nuse_test = false\n");
  TrainConfig made;
  for (const std::string& text : overrides_of(c)) override_config(text, made);
  EXPECT_EQ(to_toml(made), to_toml(c));
}

TEST(Config, CheckFindsWhatMakesNoSense) {
  TrainConfig good;
  good.data.path = "d";
  good.train.out = "o";
  good.model.weights = "w";
  check(good);
  const auto error = [&](std::initializer_list<const char*> settings) {
    TrainConfig c = good;
    for (const char* text : settings) override_config(text, c);
    return error_text([&] { check(c); });
  };
  EXPECT_NE(error({"rnak=3"}).find("did you mean `rank`?"), std::string::npos);
  EXPECT_NE(error({"epoch=3"}).find("did you mean `epochs`?"), std::string::npos) << error({"epoch=3"});
  EXPECT_NE(error({"method.name=fll"}).find("did you mean `full`?"), std::string::npos);
  EXPECT_NE(error({"weights="}), "no error");
  EXPECT_NE(error({"train_on=train+val"}), "no error");
  EXPECT_EQ(error({"train_on=train+val", "select=last"}), "no error");
  EXPECT_NE(error({"patience=3", "select=last"}), "no error");
  EXPECT_NE(error({"out="}), "no error");
}

TEST(Config, DifferencesThatChangeNothingDontCount) {
  TrainConfig a, b;
  b.train.out = "moved";
  b.data.cache_mb = 1;
  EXPECT_EQ(difference(a, b), "");
  b.train.lr = 2;
  EXPECT_EQ(difference(a, b), "train.lr: 0.001, 2");
}

TEST(Config, NamesSettingsOfTheOtherKindOfData) {
  TrainConfig c;
  EXPECT_EQ(setting_of_other_data(c, kOfClouds).name, "");
  EXPECT_EQ(setting_of_other_data(c, kOfImages).name, "");
  c.augment.mixup = 0.8;  // points have no mixed targets: training on them would be silent nonsense
  EXPECT_EQ(setting_of_other_data(c, kOfClouds).name, "augment.mixup");
  EXPECT_EQ(setting_of_other_data(c, kOfClouds).of, kOfImages);
  EXPECT_EQ(setting_of_other_data(c, kOfImages).name, "");
  c.augment = {};
  c.data.min_class_size = 5;  // runs on images could always have it
  EXPECT_EQ(setting_of_other_data(c, kOfImages).name, "");
  c.model.groups = 32;
  EXPECT_EQ(setting_of_other_data(c, kOfClouds).name, "");
  EXPECT_EQ(setting_of_other_data(c, kOfImages).name, "model.groups");
}

}  // namespace
}  // namespace ax
