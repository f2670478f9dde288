#include "adapterx/models/mlp_ratio.h"

#include <gtest/gtest.h>

namespace ax {
namespace {

TEST(MlpRatio, GivesTheHiddenWidthItWasMadeOf) {
  for (int64_t width = 1; width <= 200; ++width) {
    for (int64_t hidden = 1; hidden <= 5 * width; ++hidden) {
      ASSERT_EQ(hidden_width(width, mlp_ratio_of(hidden, width)), hidden) << width;
    }
  }
  EXPECT_EQ(hidden_width(448, mlp_ratio_of(496, 448)), 496);
  EXPECT_EQ(hidden_width(1152, mlp_ratio_of(4304, 1152)), 4304);
}

TEST(MlpRatio, ARoundRatioIsItself) {
  EXPECT_EQ(mlp_ratio_of(3072, 768), 4);
  EXPECT_EQ(mlp_ratio_of(480, 192), 2.5f);
  EXPECT_EQ(hidden_width(10, 2.55f), 25);  // rounded down, as timm does
}

}  // namespace
}  // namespace ax
