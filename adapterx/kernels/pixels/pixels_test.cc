#include "adapterx/kernels/pixels/pixels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "adapterx/kernels/pixels/pixel_test.h"
#include "adapterx/kernels/row_test.h"
#include "adapterx/kernels/twin/pixels.h"

namespace ax {
namespace {

using namespace test;

std::vector<float> normalise(const std::vector<uint8_t>& pixels, int channels,
                             const kernels::PixelStats& stats) {
  const size_t count = pixels.size() / static_cast<size_t>(channels);
  std::vector<float> out(3 * count, std::nanf(""));
  kernels::normalise_pixels(pixels.data(), static_cast<int64_t>(count), channels, stats, out.data());
  return out;
}

kernels::PixelStats stats_at(const float* values) {
  kernels::PixelStats stats;
  std::copy_n(values, 3, stats.mean.begin());
  std::copy_n(values + 3, 3, stats.std.begin());
  return stats;
}

// Every byte in every channel, by several models' statistics.
TEST(Pixels, EqualsPyTorch) {
  const auto stats = golden_values<float>("pixels.stats");
  const auto values = golden_values<float>("pixels.values");
  std::vector<uint8_t> grey(256), rgb;
  for (size_t i = 0; i < 256; ++i) {
    grey[i] = static_cast<uint8_t>(i);
    rgb.insert(rgb.end(), 3, grey[i]);
  }
  for_each_target([&] {
    for (size_t k = 0; k < stats.size() / 6; ++k) {
      const kernels::PixelStats s = stats_at(stats.data() + 6 * k);
      const std::vector<float> want(values.data() + 768 * k, values.data() + 768 * (k + 1));
      EXPECT_EQ(normalise(grey, 1, s), want);
      EXPECT_EQ(normalise(rgb, 3, s), want);
    }
  });
}

TEST(Pixels, MatchesTwinAtEverySize) {
  const kernels::PixelStats s;
  for_each_target([&] {
    for (const size_t count : {0, 1, 15, 16, 17, 63, 1000}) {
      for (const size_t channels : {1, 3}) {
        const auto pixels = hash_bytes(count * channels, count);
        const auto out = normalise(pixels, static_cast<int>(channels), s);
        for (size_t i = 0; i < out.size(); ++i) {
          const size_t c = i / count, p = i % count;
          const uint8_t pixel = pixels[p * channels + (channels == 1 ? 0 : c)];
          ASSERT_EQ(out[i], twin::normalise_pixel(pixel, s.mean[c], s.std[c])) << count << " " << i;
        }
      }
    }
  });
}

}  // namespace
}  // namespace ax
