#include "adapterx/kernels/pixels/colour.h"

#include <gtest/gtest.h>

#include "adapterx/kernels/pixels/affine_pixels.h"
#include "adapterx/kernels/pixels/augment_test.h"

namespace ax::kernels {
namespace {

constexpr int kSharpness = 3, kOperations = 10;

// The operations of tools/make_augment_golden.py.
void apply(int64_t operation, float x, int64_t height, int64_t width, std::vector<uint8_t>& pixels) {
  const std::vector<uint8_t> source = pixels;
  uint8_t* p = pixels.data();
  const int64_t n = height * width;
  switch (operation) {
    case 0:
      return adjust_brightness(p, n, x);
    case 1:
      return adjust_contrast(p, n, x);
    case 2:
      return adjust_saturation(p, n, x);
    case kSharpness:
      return adjust_sharpness(source.data(), height, width, x, p);
    case 4:
      return turn_hue(p, n, static_cast<double>(x));
    case 5:
      return to_grey(p, n);
    case 6:
      return posterize(p, n, static_cast<int>(x));
    case 7:
      return solarize(p, n, x);
    case 8:
      return autocontrast(p, n);
    default:
      return equalize(p, n);
  }
}

TEST(Colour, EqualsPillow) {
  const auto cases = test::augment_golden<int64_t>("colour.cases");
  const auto values = test::augment_golden<float>("colour.values");
  const auto want = test::augment_golden<uint8_t>("colour.bytes");
  size_t at = 0;
  std::vector<int> seen(kOperations, 0);
  for (size_t i = 0; i < values.size(); ++i) {
    const int64_t* c = &cases[5 * i];
    std::vector<uint8_t> pixels = test::augment_image(c[1], c[2], c[3], c[4]);
    apply(c[0], values[i], c[1], c[2], pixels);
    for (size_t b = 0; b < pixels.size(); ++b, ++at) {
      ASSERT_EQ(pixels[b], want[at]) << "case " << i << ": operation " << c[0] << " by " << values[i]
                                     << ", kind " << c[4] << ", byte " << b;
    }
    ++seen[static_cast<size_t>(c[0])];
  }
  EXPECT_EQ(at, want.size());
  for (const int n : seen) EXPECT_GE(n, 5);
}

TEST(Colour, ThroughHsvAndBackIsClose) {  // with 8 bits of hue and saturation
  for (int v = 0; v < 1 << 15; ++v) {
    const uint8_t colour[3] = {static_cast<uint8_t>(v << 3), static_cast<uint8_t>(v >> 2 & 0xf8),
                               static_cast<uint8_t>(v >> 7 & 0xf8)};
    uint8_t turned[3] = {colour[0], colour[1], colour[2]};
    turn_hue(turned, 1, 0);
    for (int c = 0; c < 3; ++c) ASSERT_NEAR(turned[c], colour[c], 6);
  }
}

TEST(AffinePixels, EqualsPillow) {
  const auto cases = test::augment_golden<int64_t>("affine.cases");
  const auto values = test::augment_golden<double>("affine.values");
  const auto want = test::augment_golden<uint8_t>("affine.bytes");
  size_t at = 0;
  for (size_t i = 0; 3 * i < cases.size(); ++i) {
    const int64_t* c = &cases[3 * i];
    AffineMap map;
    std::copy_n(&values[6 * i], 6, map.begin());
    const std::vector<uint8_t> source = test::augment_image(c[0], c[1], c[2], 0);
    std::vector<uint8_t> got(source.size(), 99);
    affine_pixels(source.data(), c[0], c[1], map, got.data());
    for (size_t b = 0; b < got.size(); ++b, ++at)
      ASSERT_EQ(got[b], want[at]) << "case " << i << ", byte " << b;
  }
  EXPECT_EQ(at, want.size());
}

}  // namespace
}  // namespace ax::kernels
