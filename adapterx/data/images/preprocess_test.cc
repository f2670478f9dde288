#include "adapterx/data/images/preprocess.h"

#include <gtest/gtest.h>

#include <limits>

#include "adapterx/base/error_text_test.h"

namespace ax {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

TEST(Preprocess, NamesAreReadAsTheyAreWritten) {
  for (const auto i :
       {Interpolation::nearest, Interpolation::bilinear, Interpolation::bicubic, Interpolation::lanczos}) {
    EXPECT_EQ(parse_interpolation(to_string(i)), i);
  }
  for (const Crop crop : {Crop::center, Crop::squash}) EXPECT_EQ(parse_crop(to_string(crop)), crop);
  expect_part(error_text([] { parse_interpolation("bicubc"); }), "did you mean `bicubic`?");
  expect_part(error_text([] { parse_crop("centre"); }), "expected center, squash; did you mean `center`?");
}

TEST(Preprocess, IsToldInWords) {
  EXPECT_EQ(to_string(preprocess_preset("half")),
            "224 px, bicubic, center crop of 0.9, mean [0.5, 0.5, 0.5], std [0.5, 0.5, 0.5]");
  EXPECT_EQ(to_string(preprocess_preset("none")), "224 px, bicubic, squashed, mean [0, 0, 0], std [1, 1, 1]");
}

TEST(Preprocess, WhatMakesNoImageIsRefused) {
  const auto error_with = [](const auto& change) {
    Preprocess p = preprocess_preset("imagenet");
    change(p);
    return error_text([&] { check(p); });
  };
  EXPECT_EQ(error_with([](Preprocess& p) { p.crop_pct = 1; }), "no error");
  expect_part(error_with([](Preprocess& p) { p.size = 0; }), "size 0: expected 1 or more");
  expect_part(error_with([](Preprocess& p) { p.crop_pct = 0; }), "crop_pct 0");
  expect_part(error_with([](Preprocess& p) { p.crop_pct = std::numeric_limits<double>::quiet_NaN(); }),
              "crop_pct nan");
  expect_part(error_with([](Preprocess& p) { p.std[2] = -1; }), "std -1");
  expect_part(error_with([](Preprocess& p) { p.std[1] = kInfinity; }), "std inf");
  expect_part(error_with([](Preprocess& p) { p.mean[0] = kInfinity; }), "mean inf");
}

}  // namespace
}  // namespace ax
