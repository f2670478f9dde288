#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "adapterx/base/rng.h"
#include "adapterx/io/images/jpeg_writer.h"
#include "adapterx/io/images/png_writer.h"
#include "adapterx/io/reader_test.h"

namespace ax {
namespace {

Image noise(int64_t width, int64_t height) {
  Image image = new_image("noise", width, height);
  const Rng rng(1, 2, 3);
  for (size_t i = 0; i < image.size(); ++i) image.pixels[i] = static_cast<uint8_t>(256 * rng.uniform(i));
  return image;
}

// Slow waves of the three channels, which JPEG keeps well.
Image waves(int64_t width, int64_t height) {
  Image image = new_image("waves", width, height);
  for (int64_t y = 0; y < height; ++y) {
    for (int64_t x = 0; x < 3 * width; ++x) {
      const double phase = static_cast<double>(x / 3 + 2 * y) / 25 + static_cast<double>(x % 3);
      image.row(y)[x] = static_cast<uint8_t>(128 + 100 * std::sin(phase));
    }
  }
  return image;
}

void expect_equal(const Image& a, const Image& b) {
  ASSERT_EQ(a.width, b.width);
  ASSERT_EQ(a.height, b.height);
  EXPECT_EQ(std::memcmp(a.pixels.get(), b.pixels.get(), a.size()), 0);
}

TEST(PngWriter, EveryPixelComesBack) {
  for (const auto& [width, height] : {std::pair{1, 1}, {1, 7}, {14, 14}, {223, 65}}) {
    for (const Image& image : {noise(width, height), waves(width, height)}) {
      expect_equal(decode_image("x", encode_png(image)), image);
    }
  }
}

TEST(PngWriter, RefusesNoPixels) {
  expect_part(error_text([] { encode_png(Image{}); }), "PNG: ");
}

double mean_difference(const Image& a, const Image& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += std::abs(a.pixels[i] - b.pixels[i]);
  return sum / static_cast<double>(a.size());
}

TEST(JpegWriter, PixelsComeBackNearly) {
  for (const auto& [width, height] : {std::pair{1, 1}, {17, 33}, {224, 224}}) {
    const Image image = waves(width, height), back = decode_image("x", encode_jpeg(image));
    ASSERT_EQ(back.width, width);
    ASSERT_EQ(back.height, height);
    EXPECT_LT(mean_difference(image, back), 3) << width << " x " << height;
  }
}

TEST(JpegWriter, QualityCostsBytes) {
  const Image image = waves(224, 224);
  const auto low = encode_jpeg(image, 30), high = encode_jpeg(image, 95);
  EXPECT_LT(low.size(), high.size());
  EXPECT_LT(mean_difference(image, decode_image("x", high)), mean_difference(image, decode_image("x", low)));
}

TEST(JpegWriter, RefusesWhatTheFormatCannotHold) {
  expect_part(error_text([] { encode_jpeg(Image{}); }), "expected sides from 1 to 65500, got 0 x 0");
  expect_part(error_text([] { encode_jpeg(noise(65'501, 1)); }), "got 65501 x 1");
  expect_part(error_text([] { encode_jpeg(noise(1, 1), 0); }), "expected a quality from 1 to 100, got 0");
}

}  // namespace
}  // namespace ax
