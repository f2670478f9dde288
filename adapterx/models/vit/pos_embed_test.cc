#include "adapterx/models/vit/pos_embed.h"

#include <gtest/gtest.h>

#include <vector>

#include "adapterx/base/error_text_test.h"

namespace ax {
namespace {

constexpr int64_t kWidth = 2, kPrefix = 1;

size_t at(int64_t grid, int64_t y, int64_t x, int64_t channel) {
  return static_cast<size_t>((kPrefix + y * grid + x) * kWidth + channel);
}

// A grid whose channel 0 is f(y, x) and channel 1 is f(x, y).
template <class F>
std::vector<float> positions(int64_t grid, const F& f) {
  std::vector<float> p(static_cast<size_t>((kPrefix + grid * grid) * kWidth), 7.0f);
  for (int64_t y = 0; y < grid; ++y) {
    for (int64_t x = 0; x < grid; ++x) {
      p[at(grid, y, x, 0)] = f(y, x);
      p[at(grid, y, x, 1)] = f(x, y);
    }
  }
  return p;
}

using enum PositionResample;
constexpr PositionResample kWays[] = {bicubic_antialias, bicubic, bicubic_offset, bicubic_corners, bilinear};

std::vector<float> resampled(const std::vector<float>& p, int64_t grid, int64_t out_grid,
                             PositionResample how) {
  std::vector<float> out(static_cast<size_t>((kPrefix + out_grid * out_grid) * kWidth));
  resample_pos_embed(p, kPrefix, kWidth, grid, out_grid, how, out);
  return out;
}

float bent(int64_t y, int64_t x) { return static_cast<float>(3 * y * y - 5 * x + x * y); }

TEST(PosEmbed, TheSameSizeIsTheSame) {
  const std::vector<float> p = positions(5, bent);
  for (const PositionResample how : kWays) EXPECT_EQ(resampled(p, 5, 5, how), p) << to_string(how);
}

TEST(PosEmbed, ThePrefixStaysAndConstantsToo) {
  for (const PositionResample how : kWays) {
    for (const int64_t to : {1, 2, 3, 7, 12}) {
      const auto out = resampled(positions(4, [](int64_t, int64_t) { return 2.5f; }), 4, to, how);
      EXPECT_EQ(out[0], 7);
      EXPECT_EQ(out[1], 7);
      for (size_t i = 2; i < out.size(); ++i) EXPECT_NEAR(out[i], 2.5f, 1e-5f) << to << " at " << i;
    }
  }
}

// Channels don't mix, and both axes are treated alike.
TEST(PosEmbed, MirroredAtTheDiagonalItIsTheOtherChannel) {
  for (const PositionResample how : kWays) {
    for (const int64_t to : {3, 7}) {
      const auto out = resampled(positions(4, bent), 4, to, how);
      for (int64_t y = 0; y < to; ++y) {
        for (int64_t x = 0; x < to; ++x) EXPECT_NEAR(out[at(to, y, x, 0)], out[at(to, x, y, 1)], 1e-4f);
      }
    }
  }
}

// Halved, the middle of a ramp is the ramp at the middle of two patches; with corners aligned, at 15 / 7
// patches each.
TEST(PosEmbed, ARampStaysARamp) {
  const auto ramp = positions(16, [](int64_t y, int64_t) { return static_cast<float>(y); });
  for (const PositionResample how : {bicubic_antialias, bicubic, bilinear}) {
    const auto out = resampled(ramp, 16, 8, how);
    for (int64_t y = 2; y < 6; ++y) {
      for (int64_t x = 0; x < 8; ++x) {
        EXPECT_NEAR(out[at(8, y, x, 0)], static_cast<float>(2 * y) + 0.5f, 1e-4f) << y << " " << x;
      }
    }
  }
  const auto out = resampled(ramp, 16, 8, bicubic_corners);
  EXPECT_FLOAT_EQ(out[at(8, 0, 3, 0)], 0);
  EXPECT_FLOAT_EQ(out[at(8, 7, 3, 0)], 15);
}

TEST(PosEmbed, NamesAreReadAsWritten) {
  for (const PositionResample how : kWays) EXPECT_EQ(parse_position_resample(to_string(how)), how);
  expect_part(error_text([] { parse_position_resample("bicubic_ofset"); }), "did you mean `bicubic_offset`?");
}

}  // namespace
}  // namespace ax
