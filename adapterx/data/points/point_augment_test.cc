#include "adapterx/data/points/point_augment.h"

#include <gtest/gtest.h>

#include "adapterx/base/error_text_test.h"
#include "adapterx/data/points/point_preprocess.h"

namespace ax {
namespace {

TEST(PointAugment, IsToldInWords) {
  EXPECT_EQ(to_string(PointAugment{}), "none");
  EXPECT_EQ(to_string(PointAugment{.rotate_y = true, .jitter = 0.01}),
            "turned about y, jitter 0.01 (at most 0.05)");
  EXPECT_EQ(to_string(PointAugment{.scale_translate = true, .point_dropout = 0.875}),
            "scaled and shifted, point dropout up to 0.875");
}

TEST(PointAugment, OptionsOutOfTheirRangeAreNamed) {
  const auto error = [](const PointAugment& o) { return error_text([&] { check(o); }); };
  EXPECT_EQ(error({true, true, 1, 1, 1}), "no error");
  expect_part(error({.jitter = -0.01}), "jitter: expected 0 to 1000000, got -0.01");
  expect_part(error({.jitter_clip = -1}), "jitter_clip: ");
  expect_part(error({.point_dropout = 1.01}), "point_dropout: expected 0 to 1, got 1.01");
}

TEST(PointPreprocess, CountsOutOfTheirRangeAreNamed) {
  const auto error = [](const PointPreprocess& p) { return error_text([&] { check(p); }); };
  EXPECT_EQ(error({1, true, 1 << 20}), "no error");
  expect_part(error({.points = 0}), "points: expected 1 to 1048576 of a cloud, got 0");
  expect_part(error({.points = (1 << 20) + 1}), "points: ");
  expect_part(error({.sample_points = 0}), "sample_points: expected 1 to 1048576 of a surface, got 0");
}

}  // namespace
}  // namespace ax
