#include "adapterx/data/sources/dsprites_source.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <vector>

#include "adapterx/base/error.h"
#include "adapterx/data/sources/dsprite.h"
#include "adapterx/data/sources/image_sources.h"

namespace ax {
namespace {

using Grey = std::array<uint8_t, kDspriteSide * kDspriteSide>;

Grey drawn_sprite(const Dsprite& sprite) {
  Grey grey;
  draw_dsprite(sprite, grey);
  return grey;
}

// Lines of '#' and '.', with their upper left corner's place.
struct Picture {
  size_t x, y;
  std::vector<std::string> rows;
};

int64_t pixels_that_differ(const Grey& grey, const Picture& picture) {
  Grey expected = {};
  for (size_t row = 0; row < picture.rows.size(); ++row) {
    for (size_t column = 0; column < picture.rows[row].size(); ++column) {
      if (picture.rows[row][column] == '#') {
        expected[(picture.y + row) * kDspriteSide + picture.x + column] = 255;
      }
    }
  }
  int64_t differ = 0;
  for (size_t i = 0; i < grey.size(); ++i) differ += grey[i] != expected[i] ? 1 : 0;
  return differ;
}

// Read off the images of orientation 5 that the original's example (dsprites_reloading_example.ipynb)
// pictures.
TEST(Dsprites, EqualThoseOfTheOriginal) {
  const Picture larger_square{32,
                              14,
                              {".......#.......", "......###......", ".....#####.....", "....#######....",
                               "...#########...", "..###########..", ".#############.", "###############",
                               "###############", ".#############.", "..############.", "...##########..",
                               "....########...", ".....######....", "......####.....", ".......##......"}};
  const Picture square{
      39,
      23,
      {"......##......", ".....####.....", "....######....", "...########...", "..##########..",
       ".############.", "##############", ".############.", "..##########..", "...########...",
       "....######....", ".....####.....", "......##......"}};
  const Picture ellipse{8, 38, {"...........########.", ".........##########.", "........############",
                                "......##############", ".....###############", "....################",
                                "....################", "...#################", "..##################",
                                "..#################.", ".##################.", ".#################..",
                                "#################...", "#################...", "################....",
                                "###############.....", "##############......", "############........",
                                ".##########.........", "..#######..........."}};
  const Picture heart{
      16,
      28,
      {"......#####..", ".....######..", ".....#######.", ".....#######.", ".....#######.", ".###########.",
       ".###########.", "############.", "############.", ".###########.", "..###########", "...##########"}};
  EXPECT_EQ(pixels_that_differ(drawn_sprite({0, 1, 5, 23, 6}), larger_square), 0);
  EXPECT_EQ(pixels_that_differ(drawn_sprite({0, 0, 5, 29, 13}), square), 0);
  EXPECT_LE(pixels_that_differ(drawn_sprite({1, 5, 5, 2, 31}), ellipse), 1);
  EXPECT_EQ(pixels_that_differ(drawn_sprite({2, 2, 5, 8, 19}), heart), 0);
}

TEST(Dsprites, HaveTheOriginalsOrder) {
  const auto latents = [](int64_t index) {
    const Dsprite s = dsprite_at(index);
    return std::array{s.shape, s.scale, s.orientation, s.x, s.y};
  };
  EXPECT_EQ(latents(0), (std::array{0, 0, 0, 0, 0}));
  EXPECT_EQ(latents(1), (std::array{0, 0, 0, 0, 1}));
  EXPECT_EQ(latents(32), (std::array{0, 0, 0, 1, 0}));
  EXPECT_EQ(latents(1024 * 41), (std::array{0, 1, 1, 0, 0}));
  EXPECT_EQ(latents(kDsprites - 1), (std::array{2, 5, 39, 31, 31}));
}

TEST(Dsprites, MeanPixelIsThatOfTheOriginalAndNoneLeavesTheImage) {
  int64_t white = 0, images = 0;
  for (int64_t i = 0; i < kDsprites; i += 97, ++images) {
    const Grey grey = drawn_sprite(dsprite_at(i));
    white += std::ranges::count(grey, uint8_t{255});
    for (size_t k = 0; k < kDspriteSide; ++k) {
      const size_t last = kDspriteSide - 1;
      ASSERT_EQ(
          grey[k] | grey[last * kDspriteSide + k] | grey[k * kDspriteSide] | grey[k * kDspriteSide + last],
          0);
    }
  }
  const double mean = static_cast<double>(white) / static_cast<double>(images * kDspriteSide * kDspriteSide);
  EXPECT_NEAR(mean, 0.0424944, 0.0001);
}

ImageSplits opened(const std::string& text) { return open_image_source(text); }

TEST(DspritesSource, HasTestImagesApartFromTraining) {
  const ImageSplits splits = opened("dsprites:test=1000,seed=3");
  ASSERT_EQ(splits.test->size(), 1000);
  ASSERT_EQ(splits.train->size(), kDsprites - 1000);
  std::set<std::string> names;
  for (int64_t i = 0; i < 1000; ++i) names.insert(splits.test->name(i));
  EXPECT_EQ(names.size(), 1000u);
  for (int64_t i = 0; i < splits.train->size(); i += 7) ASSERT_EQ(names.count(splits.train->name(i)), 0u);
  EXPECT_NE(opened("dsprites:test=1000,seed=4").test->name(0), splits.test->name(0));
  EXPECT_EQ(opened("dsprites:test=0").test, nullptr);
}

TEST(DspritesSource, ImagesAreGreyAndLabelledByWhatIsAskedFor) {
  const ImageSplits splits = opened("dsprites:label=location,test=0");
  ASSERT_EQ(splits.classes.size(), 16u);
  for (const int64_t i : {int64_t{0}, int64_t{31 * 32}, int64_t{400'000}}) {
    const Grey grey = drawn_sprite(dsprite_at(i));
    const Image image = splits.train->image(i);
    ASSERT_EQ(image.size(), 3 * grey.size());
    for (size_t p = 0; p < image.size(); ++p) ASSERT_EQ(image.pixels[p], grey[p / 3]);
    EXPECT_EQ(splits.train->label(i), dsprite_at(i).x / 2);
  }
  const auto orientation = opened("dsprites:label=orientation,test=0").train;
  const std::array<int32_t, 6> bins = {0, 0, 0, 1, 1, 2};  // of 2.5 orientations each
  for (size_t o = 0; o < bins.size(); ++o)
    EXPECT_EQ(orientation->label(static_cast<int64_t>(o) * 1024), bins[o]);
  EXPECT_EQ(orientation->label(1024 * 39), 15);
  EXPECT_EQ(opened("dsprites:label=y,test=0").train->label(31), 15);
  EXPECT_EQ(opened("dsprites:label=shape").classes, (std::vector<std::string>{"square", "ellipse", "heart"}));
  EXPECT_EQ(opened("dsprites:label=scale,test=0").train->label(1024 * 40 * 5), 5);
  EXPECT_THROW(opened("dsprites:label=x"), Error);
}

}  // namespace
}  // namespace ax
