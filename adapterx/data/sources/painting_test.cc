#include "adapterx/data/sources/painting.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace ax {
namespace {

// Of one channel: the sum over the image, the middle, and the squared distance from it.
struct Moments {
  double sum = 0, x = 0, y = 0, spread = 0;
};
Moments moments(const Image& image, size_t channel) {
  Moments m;
  for (int pass = 0; pass < 2; ++pass) {
    for (int64_t y = 0; y < image.height; ++y) {
      for (int64_t x = 0; x < image.width; ++x) {
        const double value = image.row(y)[3 * static_cast<size_t>(x) + channel];
        const double at_x = static_cast<double>(x) + 0.5, at_y = static_cast<double>(y) + 0.5;
        if (pass == 0) m.sum += value, m.x += value * at_x, m.y += value * at_y;
        if (pass == 1) m.spread += value * (std::pow(at_x - m.x, 2) + std::pow(at_y - m.y, 2)) / m.sum;
      }
    }
    if (pass == 0) m.x /= m.sum, m.y /= m.sum;
  }
  return m;
}

TEST(Painting, ADotHasItsColourAndMiddle) {
  for (const auto& [x, y] : {std::pair{3.5F, 5.5F}, {3.0F, 5.25F}, {6.3F, 1.6F}, {4.9F, 4.1F}}) {
    Painting painting(8);
    painting.dot(x, y, {200, 100, 50}, 1);
    const Moments m = moments(painting.image("test"), 0);
    EXPECT_NEAR(m.sum, 200, 2);
    EXPECT_NEAR(moments(painting.image("test"), 1).sum, 100, 2);
    EXPECT_NEAR(m.x, x, 0.02);
    EXPECT_NEAR(m.y, y, 0.02);
    EXPECT_LE(m.spread, 0.51);
  }
}

TEST(Painting, DotsOutsideAreNothing) {
  Painting painting(8);
  for (const float at : {-1e9F, -1.0F, 0.4F, 7.6F, 9.0F, 1e9F, NAN, INFINITY}) {
    painting.dot(at, 4, {200, 100, 50}, 1);
    painting.dot(4, at, {200, 100, 50}, 1);
  }
  const Image image = painting.image("test");
  EXPECT_TRUE(
      std::all_of(image.pixels.get(), image.pixels.get() + image.size(), [](int v) { return v == 0; }));
}

TEST(Painting, BlendsByCoverageAndOpacity) {
  Painting painting(2);
  painting.fill(plain_field({100, 0, 0}));
  const uint8_t coverage[] = {0, 255, 51, 255};
  painting.blend(plain_field({200, 40, 0}), coverage, 0.5F);
  const Image image = painting.image("test");
  const uint8_t reds[] = {100, 150, 110, 150}, greens[] = {0, 20, 4, 20};
  for (size_t p = 0; p < 4; ++p) {
    EXPECT_EQ(image.pixels[3 * p], reds[p]);
    EXPECT_EQ(image.pixels[3 * p + 1], greens[p]);
  }
}

TEST(Painting, BlurKeepsTheSumAndSpreadsByItsVariance) {
  Painting painting(15);
  painting.dot(7.5F, 7.5F, {255, 255, 255}, 1);
  for (int rounds = 1; rounds <= 2; ++rounds) {
    painting.blur();
    const Moments m = moments(painting.image("test"), 2);
    EXPECT_NEAR(m.sum, 255, 10);
    EXPECT_NEAR(m.spread, rounds, 0.15);  // (1 2 1) / 4 has variance 1/2, along two axes
  }
  painting.fill(plain_field({9, 9, 9}));
  painting.blur();
  EXPECT_EQ(moments(painting.image("test"), 0).sum, 9 * 15 * 15);
}

TEST(Painting, NoiseHasItsDeviation) {
  for (const bool coloured : {false, true}) {
    Painting painting(64);
    painting.fill(plain_field({128, 128, 128}));
    painting.add_noise(10, coloured, Rng(1, 2, 3));
    const Image image = painting.image("test");
    double sum = 0, squares = 0;
    int64_t grey = 0;
    for (size_t i = 0; i < image.size(); i += 3) {
      const double off = image.pixels[i] - 128.0;
      sum += off, squares += off * off;
      grey += image.pixels[i] == image.pixels[i + 1] && image.pixels[i] == image.pixels[i + 2] ? 1 : 0;
    }
    EXPECT_NEAR(sum / 4096, 0, 0.7);
    EXPECT_NEAR(std::sqrt(squares / 4096), 10, 0.5);
    EXPECT_EQ(grey == 4096, !coloured);
  }
}

TEST(ColourField, ContrastsAndKeepsWithinItsSpread) {
  std::vector<float> rgb(3 * 16 * 16);
  for (int64_t i = 0; i < 200; ++i) {
    Draws draws({.index = i}, "test");
    const double luma = draws.uniform(0, 255), other = draw_contrasting_luma(luma, 80, draws);
    EXPECT_TRUE(other >= 0 && other <= 255 && std::abs(other - luma) >= 80);
    const ColourField field = draw_field(other, 25, draws);
    field.fill(16, rgb);
    for (size_t p = 0; p < rgb.size(); p += 3) {
      const float level = kLuma[0] * rgb[p] + kLuma[1] * rgb[p + 1] + kLuma[2] * rgb[p + 2];
      EXPECT_NEAR(level, other, 25 + 25);  // clipping may take or add some
    }
  }
}

TEST(ColourField, BlendsFromCornerToCornerOrNotAtAll) {
  ColourField field{.cells = 2};
  field.colours[0] = {0, 0, 0};
  field.colours[1] = {100, 0, 0};
  field.colours[2] = {0, 100, 0};
  field.colours[3] = {100, 100, 0};
  std::vector<float> rgb(3 * 10 * 10);
  field.fill(10, rgb);
  for (size_t p = 0; p < 100; ++p) {
    EXPECT_NEAR(rgb[3 * p], static_cast<double>(p % 10) * 10 + 5, 1e-3);
    EXPECT_NEAR(rgb[3 * p + 1], static_cast<double>(p / 10) * 10 + 5, 1e-3);
  }
  field.hard = true;
  field.fill(10, rgb);
  for (size_t p = 0; p < 100; ++p) EXPECT_EQ(rgb[3 * p], p % 10 < 5 ? 0 : 100);
}

}  // namespace
}  // namespace ax
