// Values as another library lays them out, made here index by index, are ours again.
#include "adapterx/models/checkpoint/parameter_plan.h"

#include <gtest/gtest.h>

#include <numeric>

#include "adapterx/base/error_text_test.h"
#include "adapterx/models/micro_backbones_test.h"

namespace ax {
namespace {

std::vector<float> counted(int64_t size) {
  std::vector<float> values(static_cast<size_t>(size));
  std::iota(values.begin(), values.end(), 1.0f);
  return values;
}

// What a plan gives of a file that outlives it.
std::vector<float> planned(const OwnedTensors& owned, const ParameterPlan& plan, const Shape& shape) {
  const WeightSource source =
      planned_source(std::make_shared<const TensorFile>(owned.file()), {{"ours", plan}});
  std::vector<float> out(static_cast<size_t>(shape.size()), -1.0f);
  EXPECT_TRUE(source("ours", shape, out));
  return out;
}

void put(OwnedTensors& owned, const std::string& name, const Shape& shape, std::vector<float> values) {
  owned.values[name] = std::move(values);
  owned.tensors[name] = f32_tensor(shape, owned.values[name]);
}

TEST(ParameterPlan, StacksTensorsInTheirOrder) {
  OwnedTensors owned;
  put(owned, "q", {2, 3}, {1, 2, 3, 4, 5, 6});
  put(owned, "k", {2, 3}, {7, 8, 9, 10, 11, 12});
  EXPECT_EQ(planned(owned, {{"q", "k"}, Layout::same, {4, 3}}, {4, 3}), counted(12));
}

// Sizes below, at and above the tile that transposes.
TEST(ParameterPlan, TransposesJaxKernels) {
  for (const int64_t n : {1, 15, 16, 17, 40}) {
    constexpr int64_t kIn = 3;
    const std::vector<float> ours = counted(n * kIn);  // [n, kIn]
    std::vector<float> theirs(ours.size());
    for (int64_t i = 0; i < n; ++i) {
      for (int64_t j = 0; j < kIn; ++j) {
        theirs[static_cast<size_t>(j * n + i)] = ours[static_cast<size_t>(i * kIn + j)];
      }
    }
    OwnedTensors owned;
    put(owned, "kernel", {kIn, n}, theirs);
    EXPECT_EQ(planned(owned, {{"kernel"}, Layout::transposed, {n, kIn}}, {n, kIn}), ours) << n;
    // Stacked ones are transposed each.
    put(owned, "other", {kIn, n}, theirs);
    std::vector<float> twice = ours;
    twice.insert(twice.end(), ours.begin(), ours.end());
    EXPECT_EQ(planned(owned, {{"kernel", "other"}, Layout::transposed, {2 * n, kIn}}, {2 * n, kIn}), twice);
  }
}

TEST(ParameterPlan, ReordersConvolutionsOfJax) {
  constexpr int64_t kOut = 5, kIn = 2, kHeight = 3, kWidth = 4;
  const Shape shape{kOut, kIn, kHeight, kWidth};
  const std::vector<float> ours = counted(shape.size());
  std::vector<float> theirs;
  for (int64_t h = 0; h < kHeight; ++h) {
    for (int64_t w = 0; w < kWidth; ++w) {
      for (int64_t i = 0; i < kIn; ++i) {
        for (int64_t o = 0; o < kOut; ++o) {
          theirs.push_back(ours[static_cast<size_t>(((o * kIn + i) * kHeight + h) * kWidth + w)]);
        }
      }
    }
  }
  OwnedTensors owned;
  put(owned, "kernel", {kHeight, kWidth, kIn, kOut}, theirs);
  EXPECT_EQ(planned(owned, {{"kernel"}, Layout::hwio, shape}, shape), ours);
}

TEST(ParameterPlan, PositionsOfAnotherSizeKeepTheirPrefix) {
  OwnedTensors owned;
  std::vector<float> positions(2 * 2 + 9 * 2, 4.0f);  // two prefix rows, then a grid of one value
  std::iota(positions.begin(), positions.begin() + 4, 10.0f);
  put(owned, "pos", {1, 11, 2}, positions);
  const std::vector<float> got =
      planned(owned, {{"pos"}, Layout::same, {1, 11, 2}, PositionPlan{2}}, {1, 27, 2});
  EXPECT_EQ(std::vector(got.begin(), got.begin() + 4), (std::vector<float>{10, 11, 12, 13}));
  for (size_t i = 4; i < got.size(); ++i) EXPECT_NEAR(got[i], 4, 1e-5f) << i;
}

TEST(ParameterPlan, WhatAPlanCannotGiveIsAnError) {
  OwnedTensors owned;
  put(owned, "w", {4, 3}, counted(12));
  const WeightSource source = planned_source(
      std::make_shared<const TensorFile>(owned.file()),
      {{"ours", {{"w"}, Layout::same, {4, 3}}}, {"start", {{}, Layout::same, {4}, {}, Init::normal(2, 1)}}});
  std::vector<float> out(6), again(6);
  expect_part(error_text([&] { source("ours", {2, 3}, out); }), "ours: expected [2, 3], got [4, 3]");
  EXPECT_FALSE(source("other", {6}, out));
  EXPECT_TRUE(source("start", {6}, out) && source("start", {6}, again));
  EXPECT_EQ(out, again);
  EXPECT_NE(out[0], out[1]);
}

TEST(ParameterPlan, FitsUpToAxesThatMeanNothing) {
  EXPECT_TRUE(fits({1, 1, 24}, Layout::same, {24}));
  EXPECT_TRUE(fits({3, 8}, Layout::same, {24}));  // a bias of heads
  EXPECT_TRUE(fits({24, 1}, Layout::same, {1, 24}));
  EXPECT_FALSE(fits({6, 4}, Layout::same, {4, 6}));
  EXPECT_FALSE(fits({24, 2}, Layout::same, {24}));
  EXPECT_TRUE(fits({6, 4}, Layout::transposed, {4, 6}));
  EXPECT_TRUE(fits({6, 2, 2}, Layout::transposed, {4, 6}));  // heads of two channels
  EXPECT_FALSE(fits({4, 6}, Layout::transposed, {4, 6}));
  EXPECT_TRUE(fits({3, 4, 2, 5}, Layout::hwio, {5, 2, 3, 4}));
  EXPECT_FALSE(fits({5, 2, 3, 4}, Layout::hwio, {5, 2, 3, 4}));
}

}  // namespace
}  // namespace ax
