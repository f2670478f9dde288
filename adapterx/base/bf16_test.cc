#include "adapterx/base/bf16.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace ax {
namespace {

uint32_t rounded(uint32_t bits) { return to_bf16(std::bit_cast<float>(bits)).bits; }

TEST(Bf16, EveryValueReturns) {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    const BF16 x{static_cast<uint16_t>(bits)};
    const float f = to_float(x);
    if (std::isnan(f)) {
      EXPECT_TRUE(std::isnan(to_float(to_bf16(f))));
    } else {
      ASSERT_EQ(to_bf16(f).bits, bits);
    }
  }
}

TEST(Bf16, RoundsToNearestEven) {
  EXPECT_EQ(rounded(0x3f807fff), 0x3f80u);  // below the middle
  EXPECT_EQ(rounded(0x3f808000), 0x3f80u);  // the middle: even
  EXPECT_EQ(rounded(0x3f808001), 0x3f81u);
  EXPECT_EQ(rounded(0x3f818000), 0x3f82u);  // the middle: up to even
  EXPECT_EQ(rounded(0xbf818000), 0xbf82u);
  EXPECT_EQ(rounded(0x00008001), 0x0001u);  // subnormals too
}

TEST(Bf16, InfinityAndNan) {
  const float inf = std::numeric_limits<float>::infinity();
  EXPECT_EQ(to_float(to_bf16(inf)), inf);
  EXPECT_EQ(to_float(to_bf16(-inf)), -inf);
  EXPECT_EQ(to_float(to_bf16(std::numeric_limits<float>::max())), inf);
  EXPECT_TRUE(
      std::isnan(to_float(BF16{static_cast<uint16_t>(rounded(0x7f800001))})));  // payload in the lost half
  EXPECT_TRUE(std::isnan(to_float(BF16{static_cast<uint16_t>(rounded(0xffffffff))})));
}

}  // namespace
}  // namespace ax
