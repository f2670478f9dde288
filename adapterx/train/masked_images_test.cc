// Masked pretraining of images: the loop on a few of 16 x 16 pixels.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <fstream>

#include "adapterx/base/error_text_test.h"
#include "adapterx/base/rng.h"
#include "adapterx/io/tensors/safetensors.h"
#include "adapterx/models/vit/vit_family.h"
#include "adapterx/tasks/masked.h"
#include "adapterx/train/adapter_file.h"
#include "adapterx/train/build_session.h"
#include "adapterx/train/optimizer.h"
#include "adapterx/train/trainer.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

const std::atomic<bool> kNever{false};

struct Recorder : TrainingObserver {
  explicit Recorder(int64_t last = -1) : stop_after(last) {}
  void on_step(const StepRecord&) override {
    if (++steps == stop_after) stop = true;
  }
  int64_t steps = 0, stop_after;
  std::atomic<bool> stop{false};
};

// Pixel k of image i of 16 x 16: a wave of a direction and length of its own.
float wave(uint32_t i, int64_t k) {
  const Rng rng(1, i, place_of("waves"));
  return std::sin(2 * rng.uniform(0) * static_cast<float>(k % 16) +
                  2 * rng.uniform(1) * static_cast<float>(k / 16));
}

class MaskedImagesTest : public ::testing::Test {
 protected:
  // Images without labels.
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("ax_masked_images_" + std::to_string(::getpid()));
    fs::create_directories(folder_ / "data");
    for (uint32_t i = 0; i < 12; ++i) {
      std::ofstream out(folder_ / "data" / (std::to_string(i) + ".pgm"), std::ios::binary);
      out << "P5\n16 16\n255\n";
      for (int64_t k = 0; k < 256; ++k) out.put(static_cast<char>(static_cast<int>(128 + 100 * wave(i, k))));
    }
  }
  void TearDown() override { fs::remove_all(folder_); }

  TrainConfig config(const std::string& out) const {
    TrainConfig c;
    c.model.width = 16;
    c.model.depth = c.model.heads = 2;
    c.model.patch_size = 4;
    c.model.image_size = 16;
    c.model.mlp_ratio = 2;
    c.data.path = (folder_ / "data").string();
    c.data.val_fraction = 0;
    c.data.loader_threads = 1;
    c.method.name = "full";
    c.pretrain.objective = Objective::masked;
    c.pretrain.decoder_depth = 1;
    c.pretrain.decoder_width = 24;
    c.pretrain.decoder_heads = 3;
    c.augment.random_resized_crop = true;
    c.augment.flip = 0.5;
    c.train.select = Select::last;
    c.train.epochs = 2;
    c.train.batch = 4;
    c.train.lr = 3e-3;
    c.train.warmup_epochs = 0;
    c.train.ema = 0.5;
    c.train.precision = Precision::fp32;
    c.train.threads = 1;
    c.train.out = (folder_ / out).string();
    return c;
  }

  fs::path best(const std::string& out) const { return folder_ / out / "best/adapter.safetensors"; }
  std::string bytes(const std::string& out) const {
    std::ifstream in(best(out), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  static std::string error_of(const TrainConfig& c) {
    return error_text([&] {
      Recorder recorder;
      train(c, recorder, kNever);
    });
  }

  fs::path folder_;
};

// Three images, whose hidden patches the visible ones give away. A flat guess has the loss 1.
TEST(MaskedImages, FewAreLearnedByHeart) {
  VitConfig model;
  model.image_size = model.width = 16;
  model.patch_size = 4;
  model.depth = model.heads = 2;
  SessionSpec spec;
  spec.model = vit_backbone(model);
  spec.batch = 3;
  spec.from_scratch = true;
  spec.task =
      masked_pretraining({.mask_ratio = 0.5f, .decoder_depth = 1, .decoder_width = 24, .decoder_heads = 3});
  spec.options.precision = Precision::fp32;
  const BuiltSession built = build_session(spec, *make_method("full", {}), nullptr, nullptr);
  const Tensor images = built.session->input("images");
  for (int64_t i = 0; i < images.size(); ++i) images.f32()[i] = wave(static_cast<uint32_t>(i / 768), i % 256);
  Optimizer optimizer(built.trained, {});
  double first = 0, last = 0;
  for (uint32_t step = 0; step < 600; ++step) {
    built.trained->zero_gradients();
    built.session->run(1, step);
    (step < 20 ? first : last) += static_cast<double>(*built.session->output("loss").f32()) / 20;
    if (step == 579) last = 0;
    optimizer.step(1e-2f);
  }
  EXPECT_GT(first, 0.6);
  EXPECT_LT(last, 0.1);
}

TEST_F(MaskedImagesTest, StoppedAfterAnyStepItResumesToTheSameBits) {
  Recorder whole;
  train(config("straight"), whole, kNever);
  ASSERT_EQ(whole.steps, 6);
  for (int64_t i = 1; i <= whole.steps; ++i) {
    const TrainConfig c = config("stopped" + std::to_string(i));
    Recorder stopped(i), rest;
    EXPECT_EQ(train(c, stopped, stopped.stop).interrupted, i < whole.steps);
    EXPECT_FALSE(train(c, rest, kNever, true).interrupted);
    EXPECT_TRUE(bytes("stopped" + std::to_string(i)) == bytes("straight")) << i;
  }
}

// The moving average of the values is what the file holds, and a ViT without a head what it opens as.
TEST_F(MaskedImagesTest, WhatItWritesIsAVit) {
  const TrainConfig c = config("run");
  Recorder recorder;
  const TrainingResult result = train(c, recorder, kNever);
  EXPECT_TRUE(result.tested_on.empty());
  TrainConfig plain = config("plain");
  plain.train.ema = 0;
  train(plain, recorder, kNever);
  EXPECT_NE(bytes("plain"), bytes("run"));

  const AdapterFile file = open_adapter(best("run"));
  EXPECT_EQ(file.info.model->classes(), 0);
  const BackboneCheckpoint backbone = open_backbone(best("run"), file.info.model->request());
  const TensorFile tensors = read_safetensors(best("run"));
  std::vector<float> values;
  for (const auto& [name, shape] : backbone.backbone->parameters().all()) {
    values.resize(static_cast<size_t>(shape.size()));
    ASSERT_TRUE(backbone.source(name, shape, values)) << name;
    EXPECT_EQ(values, tensors.f32(name)) << name;
  }
  EXPECT_TRUE(tensors.contains("decoder_blocks.0.mlp.fc1.weight"));
  EXPECT_FALSE(tensors.contains("head.weight"));
}

// The encoder begins with the checkpoint's values, which a learning rate of nothing leaves; the decoder anew.
TEST_F(MaskedImagesTest, OverACheckpointTheEncoderGoesOn) {
  Recorder recorder;
  train(config("first"), recorder, kNever);
  TrainConfig c = config("second");
  c.model = {};
  c.model.weights = best("first").string();
  c.train.lr = c.train.min_lr = c.train.warmup_lr = 1e-30;
  c.train.seed = 2;
  train(c, recorder, kNever);
  const TensorFile first = read_safetensors(best("first")), second = read_safetensors(best("second"));
  for (const auto& [name, shape] : open_adapter(best("first")).info.model->parameters().all()) {
    EXPECT_EQ(second.f32(name), first.f32(name)) << name;
  }
  EXPECT_NE(second.f32("mask_token"), first.f32("mask_token"));
  EXPECT_NE(second.f32("decoder_blocks.0.mlp.fc1.weight"), first.f32("decoder_blocks.0.mlp.fc1.weight"));
}

TEST_F(MaskedImagesTest, SettingsWithoutSenseAreErrors) {
  TrainConfig c = config("wrong");
  c.augment.cutmix = 1;
  EXPECT_NE(error_of(c).find("augment.cutmix: masked pretraining has no labels to mix"), std::string::npos)
      << error_of(c);
  c = config("wrong");
  c.model = {};
  c.model.weights = "weights.safetensors";
  c.method.name = "linear_probe";
  EXPECT_NE(error_of(c).find("expected method full, got linear_probe"), std::string::npos) << error_of(c);
  c = config("wrong");
  c.pretrain.mask_ratio = 0.01;
  EXPECT_NE(error_of(c).find("expected 1 to 15 of 16 patches hidden, got 0"), std::string::npos)
      << error_of(c);
  c = config("wrong");
  c.model.name = "point_small";
  c.model.patch_size = c.model.image_size = 0;
  c.augment = {};
  EXPECT_NE(error_of(c).find("pretrain.decoder_width: a setting of images"), std::string::npos)
      << error_of(c);
}

}  // namespace
}  // namespace ax
