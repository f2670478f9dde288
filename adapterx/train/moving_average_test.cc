#include "adapterx/train/moving_average.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace ax {
namespace {

// In double, step by step, by the header's formula.
TEST(MovingAverage, IsTheFormulas) {
  const MovingAverage average(0.5);
  std::vector<float> got = {1, -2, 0};
  std::vector<double> expected = {1, -2, 0};
  for (int64_t step = 1; step <= 20; ++step) {
    const std::vector<float> values = {static_cast<float>(step), 3, -static_cast<float>(step * step)};
    average.update(step, values, got);
    const double t = static_cast<double>(step), d = std::min(0.5, (1 + t) / (10 + t));
    for (size_t i = 0; i < 3; ++i) {
      expected[i] = d * expected[i] + (1 - d) * static_cast<double>(values[i]);
      EXPECT_NEAR(got[i], expected[i], 1e-4) << step;
    }
  }
}

TEST(MovingAverage, TheFirstStepsForgetTheStart) {
  std::vector<float> got = {0};
  MovingAverage(0.9999).update(1, std::vector<float>{11}, got);
  EXPECT_NEAR(got[0], 9, 1e-5f);  // 2 / 11 of the start
}

TEST(MovingAverage, OffItTouchesNothing) {
  const MovingAverage off(0);
  EXPECT_FALSE(off.on());
  std::vector<float> none;
  off.update(1, std::vector<float>{1, 2}, none);
  EXPECT_TRUE(none.empty());
}

TEST(AverageInPlace, StandsInForTheValuesWhileItLives) {
  Graph graph;
  graph.parameter("a", {3}, Init::ones(), {"part", true});
  TrainedParameters trained(graph);
  trained.initialise([](std::string_view, const Shape&, std::span<float>) { return false; }, 0);
  const std::vector<float> before(trained.values().begin(), trained.values().end());
  std::vector<float> average(before.size(), 5.0f), empty;
  {
    const AverageInPlace in_place(trained, average);
    EXPECT_EQ(trained.values()[0], 5);
    EXPECT_EQ(average, before);
  }
  EXPECT_TRUE(std::ranges::equal(trained.values(), before));
  EXPECT_EQ(average, std::vector<float>(before.size(), 5.0f));
  {
    const AverageInPlace in_place(trained, empty);
    EXPECT_TRUE(std::ranges::equal(trained.values(), before));
  }
}

}  // namespace
}  // namespace ax
