#include "adapterx/data/sources/atom_source.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <set>
#include <utility>

#include "adapterx/data/sources/atom_image.h"
#include "adapterx/data/sources/made_images_test.h"

namespace ax {
namespace {

TEST(Atoms, ClassesAreInRangeAndDiffer) {
  std::set<std::pair<int, int>> waves;
  std::set<int> rings;
  for (int64_t c = 0; c < 500; ++c) {
    const AtomClass atom = draw_atom_class(3, c);
    EXPECT_TRUE(atom.wave_1 != atom.wave_2 || atom.wave_1 == 0);
    EXPECT_TRUE(atom.rings >= 1 && atom.rings <= AtomClass::kMostRings);
    EXPECT_GE(atom.vertices, 4 * std::max(atom.wave_1, atom.wave_2));  // enough corners to show the waves
    waves.emplace(atom.wave_1, atom.wave_2);
    rings.insert(atom.rings);
  }
  EXPECT_GT(waves.size(), 250u);
  EXPECT_EQ(rings.size(), static_cast<size_t>(AtomClass::kMostRings));
}

// The Fourier series of the outermost ring's radius has the two waves, as high as they should be, and no
// others.
TEST(Atoms, RingsRippleWithTheClassesWaves) {
  const AtomClass atom{.wave_1 = 3, .wave_2 = 11, .ripple = 0.1, .rings = 4, .vertices = 128, .reach = 0.4};
  const std::vector<AtomPoint> corners = atom_corners(atom, Rng(1, 2, 3));
  ASSERT_EQ(corners.size(), 4u * 128);
  for (int wave = 0; wave < 40; ++wave) {
    std::complex<double> sum = 0;
    for (size_t v = 0; v < 128; ++v) {
      const AtomPoint& p = corners[3 * 128 + v];
      sum +=
          std::polar(std::hypot(p.x, p.y) / 128, -2 * std::numbers::pi * wave * static_cast<double>(v) / 128);
    }
    const double expected = wave == 0 ? 0.4 : wave == 3 || wave == 11 ? 0.4 * 0.1 / 2 : 0;
    EXPECT_NEAR(std::abs(sum), expected, 1e-9) << wave;
  }
}

TEST(Atoms, RingsGrowByEqualStepsFromAnOval) {
  const AtomClass atom{.rings = 5, .vertices = 100, .start = 0.05, .reach = 0.4, .oval_x = 2, .oval_y = 1};
  const std::vector<AtomPoint> corners = atom_corners(atom, Rng(1, 2, 3));
  for (size_t ring = 0; ring < 5; ++ring) {
    const double grown = 0.08 * static_cast<double>(ring + 1);
    EXPECT_NEAR(corners[100 * ring].x, 0.1 + grown, 1e-9);
    EXPECT_NEAR(corners[100 * ring + 25].y, 0.05 + grown, 1e-9);
  }
}

TEST(Atoms, JitterStaysWithinItsBound) {
  AtomClass atom{.rings = 10, .vertices = 100, .reach = 0.4, .jitter = 0.15};
  const std::vector<AtomPoint> jittered = atom_corners(atom, Rng(1, 2, 3));
  atom.jitter = 0;
  const std::vector<AtomPoint> plain = atom_corners(atom, Rng(1, 2, 3));
  double largest = 0;
  for (size_t i = 0; i < plain.size(); ++i) {
    const double off = std::hypot(jittered[i].x - plain[i].x, jittered[i].y - plain[i].y);
    EXPECT_LE(off, 0.04 * 0.15 * static_cast<double>(i / 100 + 1));
    largest = std::max(largest, off);
  }
  EXPECT_GT(largest, 0.04 * 0.15);
}

TEST(Atoms, ClassesAreBalanced) { expect_balanced("atoms:classes=7,per_class=5", 7, 5); }

TEST(Atoms, ImagesAreFunctionsOfSeedAndNumberWhateverThreadDrawsThem) {
  expect_reproducible("atoms:classes=10,per_class=6");
  expect_reproducible("atoms:classes=10,per_class=6,colours=colour,size=40");
}

TEST(Atoms, GreyIsGreyAndShowsRings) {
  const auto images = open_image_source("atoms:classes=20,per_class=2,colours=grey").train;
  for (int64_t i = 0; i < images->size(); ++i) {
    const Image image = images->image(i);
    int64_t lit = 0;
    for (size_t p = 0; p < image.size(); p += 3) {
      EXPECT_TRUE(image.pixels[p] == image.pixels[p + 1] && image.pixels[p] == image.pixels[p + 2]);
      lit += image.pixels[p] > 20 ? 1 : 0;
    }
    EXPECT_GT(lit, 30) << i;
  }
}

TEST(Atoms, ErrorsNameTheOption) {
  EXPECT_NE(source_error("atoms:colours=gray").find("did you mean `grey`"), std::string::npos);
  EXPECT_NE(source_error("atoms:clases=10").find("did you mean `classes`"), std::string::npos);
  EXPECT_NE(source_error("atoms:size=8").find("size: expected a number from 16 to 1024"), std::string::npos);
}

}  // namespace
}  // namespace ax
