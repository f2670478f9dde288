#include "adapterx/suite/statistics.h"

#include <gtest/gtest.h>

#include "adapterx/base/error.h"

namespace ax {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

TEST(Statistics, DeviationIsThatOfASample) {
  const MeanSpread m = mean_spread({0.5, 0.6, 0.85});
  EXPECT_NEAR(m.mean, 0.65, 1e-15);
  EXPECT_NEAR(m.deviation, std::sqrt(0.0325), 1e-15);  // (.15² + .05² + .2²) / 2
  EXPECT_EQ(m.count, 3u);
}

TEST(Statistics, MissingValuesAreLeftOut) {
  const MeanSpread m = mean_spread({kMissing, 2, kMissing, 4});
  EXPECT_EQ(m.mean, 3);
  EXPECT_EQ(m.deviation, std::sqrt(2.0));
  EXPECT_EQ(m.count, 2u);
  EXPECT_TRUE(std::isnan(mean_spread({1, kMissing}).deviation));
  EXPECT_TRUE(std::isnan(mean_spread({kMissing}).mean));
}

TEST(Statistics, AMeanOfAllNeedsAll) {
  EXPECT_EQ(mean_of_all({1, 2, 6}), 3);
  EXPECT_TRUE(std::isnan(mean_of_all({1, kMissing})));
  EXPECT_TRUE(std::isnan(mean_of_all({})));
}

// Runs that rise and fall together differ by the same amount: no spread.
TEST(Statistics, PairedDifferencesForgetWhatBothShare) {
  const MeanSpread m = mean_spread(differences({0.25, 0.75, kMissing}, {0.5, 1.0, 0.1}));
  EXPECT_EQ(m.mean, -0.25);
  EXPECT_EQ(m.deviation, 0);
  EXPECT_EQ(m.count, 2u);
  EXPECT_THROW(differences({1}, {1, 2}), Error);
}

}  // namespace
}  // namespace ax
