#include "adapterx/report/chart_scale.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "adapterx/base/rng.h"

namespace ax {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

bool is_round(double step) {
  const double mantissa = step / std::pow(10, std::floor(std::log10(step) + 1e-9));
  return std::ranges::any_of(std::vector{1., 2., 5.},
                             [&](double m) { return std::abs(m - mantissa) < 1e-9; });
}

TEST(ValueAxis, HoldsAllValuesBetweenRoundTicks) {
  const Rng rng(5, 0, 0);
  for (uint64_t i = 0; i < 2000; i += 4) {
    const double size = std::pow(10, 12 * rng.uniform(i) - 6);
    const double a = size * rng.normal(i + 1), b = size * rng.normal(i + 2);
    const Axis axis = value_axis({a, kNan, b}, 5);
    EXPECT_TRUE(is_round(axis.step)) << axis.step;
    EXPECT_LE(axis.low, std::min(a, b) + 1e-6 * axis.step);
    EXPECT_GE(axis.high, std::max(a, b) - 1e-6 * axis.step);
    EXPECT_GE(axis.ticks.size(), 3u) << a << " " << b;
    EXPECT_LE(axis.ticks.size(), 8u) << a << " " << b;
    EXPECT_NEAR(axis.ticks.front(), axis.low, 1e-6 * axis.step);
    EXPECT_NEAR(axis.ticks.back(), axis.high, 1e-6 * axis.step);
  }
}

TEST(ValueAxis, ValuesThatHardlyDifferCountAsEqual) {
  for (const double value : {1., -3., 1e-5, 0x1p53, 9e18, 1e300}) {
    const Axis axis = value_axis({value, std::nextafter(value, 2 * value)}, 5);
    EXPECT_EQ(value > 0 ? axis.low : axis.high, 0) << value;
    EXPECT_GE(axis.ticks.size(), 3u) << value;
    EXPECT_LE(axis.ticks.size(), 8u) << value;
  }
}

TEST(EpochAxis, OfAnyNumbersHasFewTicks) {
  for (const double first : {0x1p53, 9e18, 1e12}) {
    for (const double last : {first, std::nextafter(first, 2 * first), 2 * first}) {
      const Axis axis = epoch_axis(first, last, 6);
      EXPECT_LT(axis.low, axis.high) << first << " " << last;
      EXPECT_LE(axis.low, first);
      EXPECT_GE(axis.high, last);
      EXPECT_GE(axis.ticks.size(), 1u) << first << " " << last;
      EXPECT_LE(axis.ticks.size(), 15u) << first << " " << last;
    }
  }
}

TEST(ValueAxis, StartsAtZeroWhereThatCostsLittle) {
  EXPECT_EQ(value_axis({0.3, 0.9}, 5).low, 0);
  EXPECT_NEAR(value_axis({0.8, 0.93}, 5).low, 0.8, 1e-9);
  EXPECT_EQ(value_axis({3, 3}, 5).low, 0);
  EXPECT_EQ(value_axis({3, 3}, 5).high, 3);
  EXPECT_EQ(value_axis({-2}, 5).high, 0);
}

TEST(ValueAxis, IsDefinedForNothingAndZeros) {
  for (const std::vector<double>& values : {std::vector<double>{}, {kNan, HUGE_VAL}, {0, 0}}) {
    const Axis axis = value_axis(values, 5);
    EXPECT_EQ(axis.low, 0);
    EXPECT_EQ(axis.high, 1);
  }
}

TEST(EpochAxis, HasWholeTicks) {
  EXPECT_EQ(epoch_axis(1, 30, 6).ticks, (std::vector<double>{1, 5, 10, 15, 20, 25, 30}));
  EXPECT_EQ(epoch_axis(1, 3, 6).ticks, (std::vector<double>{1, 2, 3}));
  EXPECT_EQ(epoch_axis(4, 6, 6).ticks, (std::vector<double>{4, 5, 6}));
  EXPECT_EQ(epoch_axis(10, 100, 6).ticks, (std::vector<double>{20, 40, 60, 80, 100}));
  const Axis one = epoch_axis(7, 7, 6);
  EXPECT_EQ(one.ticks, (std::vector<double>{7}));
  EXPECT_EQ(position(one, 7, 0, 100), 50);
}

TEST(TickLabel, HasTheDecimalsOfItsStep) {
  EXPECT_EQ(tick_label(0, 0.5, AxisUnit::kNumber), "0");
  EXPECT_EQ(tick_label(1.5, 0.5, AxisUnit::kNumber), "1.5");
  EXPECT_EQ(tick_label(2, 0.5, AxisUnit::kNumber), "2.0");
  EXPECT_EQ(tick_label(12'000, 2'000, AxisUnit::kNumber), "12,000");
  EXPECT_EQ(tick_label(0.0004, 0.0002, AxisUnit::kNumber), "0.0004");
  EXPECT_EQ(tick_label(5e-5, 1e-5, AxisUnit::kNumber), "5e-5");
  EXPECT_EQ(tick_label(2.5e-6, 5e-7, AxisUnit::kNumber), "2.5e-6");
  EXPECT_EQ(tick_label(3e8, 1e8, AxisUnit::kNumber), "3e8");
  EXPECT_EQ(tick_label(-40, 20, AxisUnit::kNumber), "-40");
  EXPECT_EQ(tick_label(0.8, 0.2, AxisUnit::kPercent), "80\xc2\xa0%");
  EXPECT_EQ(tick_label(0.915, 0.005, AxisUnit::kPercent), "91.5\xc2\xa0%");
}

TEST(Position, MapsLinearly) {
  const Axis axis{2, 6, 1, {}};
  EXPECT_EQ(position(axis, 2, 100, 20), 100);
  EXPECT_EQ(position(axis, 6, 100, 20), 20);
  EXPECT_EQ(position(axis, 3, 100, 20), 80);
}

}  // namespace
}  // namespace ax
