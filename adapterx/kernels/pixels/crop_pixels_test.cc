#include "adapterx/kernels/pixels/crop_pixels.h"

#include <gtest/gtest.h>

#include <vector>

namespace ax::kernels {
namespace {

constexpr int64_t kSize = 5;

std::vector<uint8_t> numbered() {
  std::vector<uint8_t> pixels(3 * kSize * kSize);
  for (size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<uint8_t>(i + 1);
  return pixels;
}

int at(const std::vector<uint8_t>& pixels, int64_t y, int64_t x, int64_t c) {
  return pixels[static_cast<size_t>((y * kSize + x) * 3 + c)];
}

TEST(ShiftCrop, SeesTheBorder) {
  const std::vector<uint8_t> source = numbered();
  std::vector<uint8_t> out(source.size());
  const auto mirrored = [](int64_t i) { return i < 0 ? -i : i >= kSize ? 2 * kSize - 2 - i : i; };
  for (const Border border : {Border::zero, Border::reflect}) {
    for (int64_t dy = -4; dy <= 4; ++dy) {
      for (int64_t dx = -4; dx <= 4; ++dx) {
        shift_crop(source.data(), kSize, dy, dx, border, out.data());
        for (int64_t i = 0; i < kSize * kSize * 3; ++i) {
          const int64_t y = i / 3 / kSize + dy, x = i / 3 % kSize + dx, c = i % 3;
          const bool inside = y >= 0 && y < kSize && x >= 0 && x < kSize;
          const int want = inside || border == Border::reflect ? at(source, mirrored(y), mirrored(x), c) : 0;
          ASSERT_EQ(out[static_cast<size_t>(i)], want) << dy << " " << dx << " at " << i;
        }
      }
    }
  }
}

TEST(MirrorRows, TurnsPixelsAndBack) {
  for (const int64_t width : {1, 2, 3, 5, 25}) {
    const int64_t height = 75 / 3 / width;
    const std::vector<uint8_t> source = numbered();
    std::vector<uint8_t> out = source;
    mirror_rows(out.data(), height, width);
    for (int64_t i = 0; i < 3 * height * width; ++i) {
      const int64_t y = i / 3 / width, x = i / 3 % width;
      ASSERT_EQ(out[static_cast<size_t>(i)],
                source[static_cast<size_t>(3 * (y * width + width - 1 - x) + i % 3)]);
    }
    mirror_rows(out.data(), height, width);
    EXPECT_EQ(out, source);
  }
}

}  // namespace
}  // namespace ax::kernels
