#include "adapterx/data/images/mixup.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace ax {
namespace {

// Mean and variance 1 / (4 (2 alpha + 1)) of Beta(alpha, alpha), and its symmetry.
TEST(Beta, HasItsMoments) {
  for (const double alpha : {0.01, 0.2, 0.5, 0.8, 1.0, 2.0, 20.0}) {
    double mean = 0, square = 0;
    constexpr int kDraws = 20000;
    for (int i = 0; i < kDraws; ++i) {
      Draws draws({3, 1, i}, "test");
      const double x = draw_beta(alpha, draws);
      ASSERT_TRUE(x >= 0 && x <= 1);
      mean += x / kDraws;
      square += (x - 0.5) * (x - 0.5) / kDraws;
    }
    EXPECT_NEAR(mean, 0.5, 0.012) << alpha;
    EXPECT_NEAR(square, 0.25 / (2 * alpha + 1), 0.05 / (2 * alpha + 1)) << alpha;
  }
}

TEST(Mix, CutmixKeepsAreaAndTargetInStep) {
  double mean = 0, empty = 0;
  for (int64_t batch = 0; batch < 2000; ++batch) {
    const BatchMix mix = draw_mix({.cutmix = 1}, 20, 30, {1, 0, batch});
    const CropBox& b = mix.box;
    ASSERT_TRUE(b.y >= 0 && b.x >= 0 && b.y + b.height <= 20 && b.x + b.width <= 30);
    EXPECT_NEAR(mix.lambda, 1 - static_cast<double>(b.height * b.width) / 600, 1e-12);
    mean += mix.lambda / 2000;
    empty += b.height * b.width == 0;
  }
  EXPECT_GT(mean, 0.5);  // boxes are cut off at the edges
  EXPECT_LT(mean, 0.75);
  EXPECT_LT(empty, 300);
}

TEST(Mix, TossesBetweenTheTwo) {
  int cuts = 0;
  for (int64_t batch = 0; batch < 1000; ++batch) {
    cuts += draw_mix({.mixup = 1, .cutmix = 1}, 50, 50, {1, 0, batch}).box != CropBox{};
    EXPECT_EQ(draw_mix({.mixup = 1}, 50, 50, {1, 0, batch}).box, CropBox{});
  }
  EXPECT_NEAR(cuts, 500, 60);
}

// Images of constant planes: the value tells image and channel.
std::vector<float> constant_images(int64_t count, int64_t pixels) {
  std::vector<float> images(static_cast<size_t>(3 * count * pixels));
  for (size_t i = 0; i < images.size(); ++i) images[i] = static_cast<float>(i / static_cast<size_t>(pixels));
  return images;
}

TEST(Mix, BlendsWithTheBatchInReverse) {
  for (const int64_t count : {1, 2, 5, 8}) {
    std::vector<float> images = constant_images(count, 4);
    const std::vector<float> source = images;
    mix_images({0.75, {}}, count, 2, 2, images.data());
    for (int64_t i = 0; i < count; ++i) {
      for (int64_t k = 0; k < 12; ++k) {
        const float own = source[static_cast<size_t>(i * 12 + k)];
        const float other = source[static_cast<size_t>((count - 1 - i) * 12 + k)];
        EXPECT_FLOAT_EQ(images[static_cast<size_t>(i * 12 + k)], 0.75f * own + 0.25f * other);
      }
    }
  }
}

TEST(Mix, PastesABoxOfTheOther) {
  std::vector<float> images = constant_images(4, 20);
  const std::vector<float> source = images;
  const CropBox box{1, 2, 2, 3};
  mix_images({0.7, box}, 4, 4, 5, images.data());
  for (int64_t i = 0; i < 4 * 60; ++i) {
    const int64_t n = i / 60, y = i / 5 % 4, x = i % 5;
    const bool inside = y >= 1 && y < 3 && x >= 2 && x < 5;
    const int64_t from = inside ? (3 - n) * 60 + i % 60 : i;
    EXPECT_EQ(images[static_cast<size_t>(i)], source[static_cast<size_t>(from)]) << i;
  }
}

TEST(Mix, Targets) {
  std::vector<float> targets = {1, 0, 0, 0, 0, 1, 0, 0, 1, 0, 1, 0};
  mix_targets({0.75, {}}, 4, 3, targets.data());
  EXPECT_EQ(targets, (std::vector<float>{0.75f, 0.25f, 0, 0, 0, 1, 0, 0, 1, 0.25f, 0.75f, 0}));
}

}  // namespace
}  // namespace ax
