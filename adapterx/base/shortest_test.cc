#include "adapterx/base/shortest.h"

#include <gtest/gtest.h>

#include "adapterx/base/rng.h"

namespace ax {
namespace {

TEST(Shortest, IsTheDecimalNumberThatWasMeant) {
  EXPECT_EQ(shortest(0.485f), 0.485);
  EXPECT_EQ(shortest(1e-6f), 1e-6);
  EXPECT_EQ(shortest(0), 0);
  EXPECT_EQ(shortest(-16777216), -16777216);
}

TEST(Shortest, IsTheSameFloat) {
  const Rng rng(1, 0, 0);
  for (uint64_t i = 0; i < 1000; ++i) {
    const float x = 100 * (rng.uniform(i) - 0.5f);
    EXPECT_EQ(static_cast<float>(shortest(x)), x);
  }
}

}  // namespace
}  // namespace ax
