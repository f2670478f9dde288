// Stream scales are measured on a run's own images, before its first step.
#include "adapterx/train/stream_scale.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "adapterx/data/images/tiny_images_test.h"
#include "adapterx/train/trainer.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

class StreamScaleTest : public ::testing::Test {
 protected:
  StreamScaleTest() : folder_(fs::temp_directory_path() / ("ax_stream_scale_" + std::to_string(::getpid()))) {
    testing::write_tiny_images(folder_ / "data", {.each = 4});
    TrainConfig c = config("backbone", "full");
    c.model.weights.clear();
    c.model.width = 16;
    c.model.depth = c.model.heads = 2;
    c.model.patch_size = 4;
    c.model.image_size = 8;
    TrainingObserver silent;
    train(c, silent, std::atomic<bool>(false), false);
  }
  ~StreamScaleTest() override { fs::remove_all(folder_); }

  TrainConfig config(const std::string& out, const std::string& method) const {
    TrainConfig c;
    c.model.weights = (folder_ / "backbone/best/adapter.safetensors").string();
    c.data.path = (folder_ / "data").string();
    c.method.name = method;
    c.train.epochs = 1;
    c.train.batch = 4;
    c.train.warmup_epochs = 0;
    c.train.precision = Precision::fp32;
    c.train.out = (folder_ / out).string();
    return c;
  }

  // Of each block, where LN2's weights and biases are `factor` times the backbone's.
  std::vector<float> measured(const std::string& method, float factor) const {
    const TrainConfig c = config("adapted", method);
    TrainingSetup setup = open_training(c);
    setup.source = [inner = setup.source, factor](std::string_view name, const Shape& shape,
                                                  std::span<float> out) {
      const bool holds = inner(name, shape, out);
      for (float& x : out) x *= name.find("norm2") != name.npos ? factor : 1;
      return holds;
    };
    TrainingSteps steps(c, setup);
    measure_stream_scales(c, setup, steps);
    std::vector<float> scales;
    for (const auto& m : steps.measured()) {
      scales.push_back(*steps.trained().value(*steps.trained().find(m.buffer)).f32());
    }
    return scales;
  }

  fs::path folder_;
};

// rms(h) / rms(u): what LN2 makes twice as large is half as large beside the stream.
TEST_F(StreamScaleTest, AreTheStreamsSizeBesideTheInputs) {
  const std::vector<float> one = measured("adaptformer_x", 1), two = measured("adaptformer_x", 2);
  ASSERT_EQ(one.size(), 2);
  EXPECT_NEAR(two[0], one[0] / 2, 1e-6f);
  for (const float scale : one) EXPECT_TRUE(scale > 0 && scale != 1) << scale;
}

TEST_F(StreamScaleTest, OtherMethodsHaveNone) { EXPECT_TRUE(measured("adaptformer", 1).empty()); }

// LayerNorms that are zero leave a branch nothing to read.
TEST_F(StreamScaleTest, AnInputOfZerosIsAnError) {
  try {
    measured("adaptformer_x", 0);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("blocks.0.smoa.stream_scale: expected"), std::string::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace ax
