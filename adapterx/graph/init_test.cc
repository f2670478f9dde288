#include "adapterx/graph/init.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "adapterx/base/error.h"

namespace ax {
namespace {

std::vector<float> positions(const Shape& shape, int64_t prefix) {
  std::vector<float> out(static_cast<size_t>(shape.size()), 7.0f);
  initialise(Init::grid_positions(prefix), "pos_embed", shape, 0, out);
  return out;
}

double dot(const std::vector<float>& all, size_t a, size_t b, size_t d) {
  double sum = 0;
  for (size_t i = 0; i < d; ++i)
    sum += static_cast<double>(all[a * d + i]) * static_cast<double>(all[b * d + i]);
  return sum;
}

// get_2d_sincos_pos_embed(8, 2, cls_token=True) of MAE's util/pos_embed.py: token 2 is at x = 1, y = 0.
TEST(GridPositions, AreThoseOfMae) {
  const std::vector<float> all = positions({1, 5, 8}, 1);
  const float s = std::sin(1.0f), c = std::cos(1.0f), s2 = std::sin(0.01f), c2 = std::cos(0.01f);
  const std::vector<float> want = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0,  1, 1,  0, 0,  1, 1,  s, s2, c, c2,
                                   0, 0, 1, 1, 0, 0, 1, 1, s, s2, c, c2, s, s2, c, c2, s, s2, c, c2};
  ASSERT_EQ(all.size(), want.size());
  for (size_t i = 0; i < want.size(); ++i) EXPECT_NEAR(all[i], want[i], 1e-6) << i;
}

// Two places' product depends on the way from one to the other alone.
TEST(GridPositions, KnowDistances) {
  constexpr size_t kSide = 5, d = 12;
  const std::vector<float> all = positions({1, kSide * kSide, d}, 0);
  const double one_right = dot(all, 0, 1, d), one_down = dot(all, 0, kSide, d);
  for (size_t y = 0; y + 1 < kSide; ++y) {
    for (size_t x = 0; x + 1 < kSide; ++x) {
      const size_t at = y * kSide + x;
      EXPECT_NEAR(dot(all, at, at, d), d / 2, 1e-5);
      EXPECT_NEAR(dot(all, at, at + 1, d), one_right, 1e-5);
      EXPECT_NEAR(dot(all, at, at + kSide, d), one_down, 1e-5);
      EXPECT_GT(dot(all, at, at + 1, d), dot(all, at, at + kSide + 1, d));
    }
  }
}

TEST(GridPositions, ChannelsLeftOverAreZeroAndOtherShapesErrors) {
  const std::vector<float> wide = positions({1, 4, 10}, 0), narrow = positions({1, 4, 8}, 0);
  for (size_t t = 0; t < 4; ++t) {
    for (size_t i = 0; i < 10; ++i) EXPECT_EQ(wide[t * 10 + i], i < 8 ? narrow[t * 8 + i] : 0.0f);
  }
  EXPECT_THROW(positions({1, 7, 8}, 1), Error);
}

}  // namespace
}  // namespace ax
