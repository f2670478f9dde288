// Laws of the windows; that they are PyTorch's is models/vit/pos_embed_test.cc's.
#include "adapterx/kernels/pixels/point_filter.h"

#include <gtest/gtest.h>

#include "adapterx/base/error_text_test.h"

namespace ax {
namespace {

using kernels::FilterWindows, kernels::Interpolation, kernels::PointAxis, kernels::point_windows;

constexpr Interpolation kBoth[] = {Interpolation::bilinear, Interpolation::bicubic};

const std::vector<PointAxis> kAxes = {{7, 12, 7.0f / 12}, {37, 8, 37.0f / 8},       {1, 5, 0.2f},   {6, 6, 1},
                                      {7, 5, 7 / 5.1f},   {7, 12, 6.0f / 11, true}, {9, 1, 0, true}};

TEST(PointFilter, WeightsLieWithinTheAxisAndAddUpToOne) {
  for (const PointAxis& axis : kAxes) {
    for (const Interpolation interpolation : kBoth) {
      const FilterWindows w = point_windows(interpolation, axis);
      ASSERT_EQ(std::ssize(w.windows), axis.resized);
      for (const FilterWindows::Window& window : w.windows) {
        ASSERT_GE(window.first, 0);
        ASSERT_LE(window.first + window.count, axis.size);
        double sum = 0;
        for (int64_t t = 0; t < window.count; ++t)
          sum += w.weights.at(window.weights + static_cast<size_t>(t));
        EXPECT_NEAR(sum, 1, 1e-12);
      }
    }
  }
}

// Where an output falls on an input, it is that input.
TEST(PointFilter, InterpolatesItsInputs) {
  for (const Interpolation interpolation : kBoth) {
    const FilterWindows w = point_windows(interpolation, {5, 9, 0.5f, true});
    for (size_t i = 0; i < 9; i += 2) {
      for (int64_t t = 0; t < w.windows[i].count; ++t) {
        const int64_t input = w.windows[i].first + t;
        const double weight = w.weights[w.windows[i].weights + static_cast<size_t>(t)];
        EXPECT_NEAR(weight, 2 * input == static_cast<int64_t>(i) ? 1 : 0, 1e-12) << i << " " << input;
      }
    }
  }
}

TEST(PointFilter, WhatItCannotDoIsAnError) {
  expect_part(error_text([] {
                point_windows(Interpolation::bicubic, {0, 3});
              }),
              "expected sizes from 1 to 16777216, got 0 to 3");
  expect_part(error_text([] {
                point_windows(Interpolation::lanczos, {3, 3});
              }),
              "expected bilinear or bicubic");
}

}  // namespace
}  // namespace ax
