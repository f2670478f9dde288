#include "adapterx/data/sources/glyph_source.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <numbers>
#include <vector>

#include "adapterx/data/sources/glyph_image.h"
#include "adapterx/data/sources/made_images_test.h"

namespace ax {
namespace {

constexpr const char* kFonts = "/usr/share/fonts/truetype/dejavu";  // of fonts-dejavu-core

ImageSplits glyphs(const std::string& more) {
  return open_image_source(fmt::format("glyphs:fonts={},least_fonts=2{}", kFonts, more));
}

GlyphCharacter character(char32_t code) {
  return {code, {Font(std::filesystem::path(kFonts) / "DejaVuSans.ttf").outline(code).value()}};
}

// The box around all pixels with some coverage, in pixels.
InkBox seen_box(const std::vector<uint8_t>& coverage, int64_t side) {
  InkBox box{1e9, 1e9, -1e9, -1e9};
  for (int64_t y = 0; y < side; ++y) {
    for (int64_t x = 0; x < side; ++x) {
      if (coverage[static_cast<size_t>(y * side + x)] == 0) continue;
      const auto left = static_cast<double>(x), top = static_cast<double>(y);
      box = {std::min(box.left, left), std::min(box.top, top), std::max(box.right, left + 1),
             std::max(box.bottom, top + 1)};
    }
  }
  return box;
}

TEST(Glyphs, ClassesAreBalancedAndLabelsInRange) {
  const ImageSplits splits = glyphs(",classes=50,per_class=40");
  ASSERT_EQ(splits.classes.size(), 50u);
  EXPECT_EQ(splits.classes[0], "U+0041 A");
  ASSERT_EQ(splits.train->size(), 2000);
  EXPECT_FALSE(splits.test);
  ASSERT_EQ(splits.further.size(), 4u);
  std::vector<int64_t> seen(50);
  std::array<std::vector<int64_t>, 4> further;
  for (size_t s = 0; s < 4; ++s) further[s].resize(splits.further[s].classes.size());
  std::array<int32_t, 5> labels;
  for (int64_t i = 0; i < 2000; ++i) {
    splits.train->labels(i, labels);
    EXPECT_EQ(labels[0], splits.train->label(i));
    ++seen.at(static_cast<size_t>(labels[0]));
    for (size_t s = 0; s < 4; ++s) ++further[s].at(static_cast<size_t>(labels[s + 1]));
  }
  EXPECT_TRUE(std::ranges::all_of(seen, [](int64_t n) { return n == 40; }));
  const auto near = [](int64_t n, double expected) {
    return std::abs(static_cast<double>(n) - expected) < 50;
  };
  for (const int64_t n : further[2]) EXPECT_TRUE(near(n, 2000.0 / kGlyphSizeBins)) << n;
  for (size_t b = 0; b < 16; ++b) {  // one in three stands upright
    EXPECT_TRUE(near(further[3][b], 2000 * (2.0 / 3 / 16 + (b == 0 ? 1.0 / 3 : 0)))) << further[3][b];
  }
}

TEST(Glyphs, ImagesAreFunctionsOfSeedAndNumberWhateverThreadDrawsThem) {
  expect_reproducible(fmt::format("glyphs:fonts={},least_fonts=2,classes=40,per_class=3", kFonts));
}

TEST(Glyphs, PlaceSaysWhereTheInkIs) {
  const int64_t side = 256;  // pixels are coarse beside what is measured
  std::vector<uint8_t> coverage(static_cast<size_t>(side * side));
  int whole = 0;
  for (const char32_t code : U"RgQ5") {
    if (code == 0) continue;
    const GlyphCharacter shown = character(code);
    for (int64_t i = 0; i < 50; ++i) {
      const GlyphPose pose = draw_glyph_pose(shown, 180, side, {.seed = 3, .index = i}, "test");
      draw_outline(shown.outlines[0], pose.placement, side, coverage);
      const InkBox box = seen_box(coverage, side);
      if (box.left < 1 || box.top < 1 || box.right > side - 1 || box.bottom > side - 1) continue;
      ++whole;
      EXPECT_NEAR((box.left + box.right) / 2 / side, pose.x, 1.0 / side);
      EXPECT_NEAR((box.top + box.bottom) / 2 / side, pose.y, 1.0 / side);
    }
  }
  EXPECT_GT(whole, 50);
}

// The ink of an image that is dark on light or light on dark, as coverage; empty where it isn't clearly so.
std::vector<uint8_t> ink_of(const Image& image) {
  std::vector<uint8_t> light;
  int64_t unclear = 0;
  for (size_t p = 0; p < image.size(); p += 3) {
    const auto [low, high] = std::minmax({image.pixels[p], image.pixels[p + 1], image.pixels[p + 2]});
    light.push_back(low > 155 ? 255 : 0);
    unclear += low > 155 || high < 100 ? 0 : 1;
  }
  if (unclear > image.width * image.height / 30) return {};
  const auto lights = std::ranges::count(light, 255);
  if (lights == 0 || lights == std::ssize(light)) return {};
  if (lights > std::ssize(light) / 2) {
    for (uint8_t& value : light) value = static_cast<uint8_t>(255 - value);
  }
  return light;
}

TEST(Glyphs, LabelsOfPlaceAreWhereTheImageShowsInk) {
  const auto images = glyphs(",classes=30,per_class=30").train;
  int clear = 0, missed = 0;
  std::array<int32_t, 5> labels;
  for (int64_t i = 0; i < images->size(); ++i) {
    const std::vector<uint8_t> ink = ink_of(images->image(i));
    if (ink.empty()) continue;
    const InkBox box = seen_box(ink, 64);
    if (box.left < 2 || box.top < 2 || box.right > 62 || box.bottom > 62) continue;
    ++clear;
    images->labels(i, labels);
    const double half_bin = 2, off = 1.5;  // pixels
    const double x = (box.left + box.right) / 2 - (4 * labels[1] + half_bin),
                 y = (box.top + box.bottom) / 2 - (4 * labels[2] + half_bin);
    missed += std::abs(x) > half_bin + off || std::abs(y) > half_bin + off;
  }
  EXPECT_GT(clear, 50);
  EXPECT_LE(missed, clear / 20);  // a faint stroke is not seen as ink
}

TEST(Glyphs, UprightCharactersHaveTheirSizeAndMostOfEachIsInside) {
  const GlyphCharacter shown = character(U'H');
  for (int64_t i = 0; i < 200; ++i) {
    const GlyphPose pose = draw_glyph_pose(shown, 180, 100, {.index = i}, "test");
    const InkBox box = ink_box(shown.outlines[0], pose.placement);
    EXPECT_GE(box.left, -0.1 * box.width() - 0.1);
    EXPECT_LE(box.right, 100 + 0.1 * box.width() + 0.1);
    if (pose.angle != 0) continue;
    // H is higher than wide, and shear keeps its height.
    EXPECT_NEAR(box.height(), 100 * pose.size, 0.1);
  }
}

// The way the base line runs in the image is the angle, counter-clockwise; it is not mirrored.
TEST(Glyphs, AngleSaysHowFarItIsTurned) {
  const GlyphCharacter shown = character(U'I');
  int upright = 0;
  for (int64_t i = 0; i < 300; ++i) {
    const GlyphPose pose = draw_glyph_pose(shown, 90, 64, {.index = i}, "test");
    const Placement& p = pose.placement;
    EXPECT_NEAR(std::atan2(-p.yx, p.xx) * 180 / std::numbers::pi, pose.angle, 1e-9);
    EXPECT_LT(p.xx * p.yy - p.xy * p.yx, 0);
    EXPECT_LE(std::abs(pose.angle), 90);
    upright += pose.angle == 0 ? 1 : 0;
  }
  EXPECT_NEAR(upright, 100, 30);
}

TEST(Glyphs, WithoutTurnsThereIsNoAngle) {
  const ImageSplits splits = glyphs(",classes=10,turn=0");
  ASSERT_EQ(splits.further.size(), 3u);
  std::array<int32_t, 4> labels;
  splits.train->labels(7, labels);
  for (int64_t i = 0; i < 100; ++i) {
    EXPECT_EQ(draw_glyph_pose(character(U'R'), 0, 64, {.index = i}, "test").angle, 0);
  }
}

TEST(Glyphs, CandidatesAreDistinct) {
  std::u32string sorted = glyph_candidates();
  std::ranges::sort(sorted);
  EXPECT_TRUE(std::ranges::adjacent_find(sorted) == sorted.end());
  EXPECT_GT(sorted.size(), 500u);
}

TEST(Glyphs, ErrorsSayWhatIsMissing) {
  EXPECT_NE(source_error("glyphs:fonts=/nowhere").find("expected a folder of fonts, got /nowhere"),
            std::string::npos);
  EXPECT_NE(source_error("glyphs:fonts=/nowhere").find("apt-get install"), std::string::npos);
  EXPECT_NE(source_error("glyphs:clases=3").find("did you mean `classes`"), std::string::npos);
  EXPECT_NE(source_error("glyphs:turn=200").find("turn: expected a number from 0 to 180"), std::string::npos);
  const std::string few = source_error(fmt::format("glyphs:fonts={},least_fonts=100", kFonts));
  EXPECT_NE(few.find("expected 300 characters that 100 fonts hold, got 0"), std::string::npos) << few;
}

TEST(Glyphs, FilesThatAreNoFontsArePassedOver) {
  const std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / "ax_glyph_fonts";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "broken.ttf") << "no font at all";
  std::filesystem::copy_file(std::filesystem::path(kFonts) / "DejaVuSans.ttf", folder / "sans.ttf",
                             std::filesystem::copy_options::overwrite_existing);
  EXPECT_EQ(read_glyph_characters(folder, 60, 1).size(), 60u);
  EXPECT_THROW(read_glyph_characters(folder, 60, 2), Error);
  EXPECT_THROW(Font(folder / "broken.ttf"), Error);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace ax
