#include "adapterx/data/sources/fractal_source.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "adapterx/data/sources/fractal_system.h"
#include "adapterx/data/sources/made_images_test.h"

namespace ax {
namespace {

// Three maps that halve the distance to the corners of a triangle: what they leave out is known.
FractalSystem sierpinski() {
  FractalSystem system;
  system.count = 3;
  const float corners[3][2] = {{0, 0}, {1, 0}, {0, 1}};
  for (size_t m = 0; m < 3; ++m) {
    system.maps[m] = {{0.5F, 0, 0, 0.5F, corners[m][0] / 2, corners[m][1] / 2},
                      static_cast<float>(m + 1) / 3};
  }
  system.maps[2].until = 1;
  return system;
}

TEST(Fractals, PointsLieOnTheAttractor) {
  std::vector<FractalPoint> points(3000);
  trace_fractal(sierpinski(), Rng(1, 2, 3), points);
  int64_t of_map[3] = {};
  for (const FractalPoint& p : points) {
    EXPECT_TRUE(p.x >= 0 && p.y >= 0 && p.x + p.y <= 1);
    EXPECT_FALSE(p.x < 0.49F && p.y < 0.49F && p.x + p.y > 0.51F);  // the hole in the middle
    EXPECT_EQ(p.map, p.x > 0.5F ? 1 : p.y > 0.5F ? 2 : 0);
    ++of_map[p.map];
  }
  for (const int64_t count : of_map) EXPECT_NEAR(static_cast<double>(count), 1000, 120);
}

TEST(Fractals, FrameHoldsThePoints) {
  std::vector<FractalPoint> points(3000);
  trace_fractal(sierpinski(), Rng(1, 2, 3), points);
  const FractalFrame frame = frame_of(points);
  EXPECT_NEAR(frame.x, 0.5, 0.03);
  EXPECT_NEAR(frame.y, 0.5, 0.03);
  EXPECT_NEAR(frame.half, 0.5, 0.03);
}

// Of the triangle of 32 x 32 / 2 squares, 3^5 hold points in their inside, and those along their edges.
TEST(Fractals, FillingRateCountsSquaresTouched) {
  EXPECT_NEAR(filling_rate(sierpinski(), Rng(1, 2, 3)), 243.0 / 1024, 0.1);
}

TEST(Fractals, ClassesFillWhatIsAskedAndAreContractions) {
  for (int64_t c = 0; c < 20; ++c) {
    const FractalSystem system = draw_fractal_class(5, c, 0.3);
    const double rate = filling_rate(system, Rng(9, static_cast<uint32_t>(c), 9));  // by other points
    EXPECT_GT(rate, 0.25);
    EXPECT_LT(rate, 0.5);
    for (size_t m = 0; m < static_cast<size_t>(system.count); ++m) {
      const auto& [a, b, d, e, x, y] = system.maps[m].entries;
      const float squares = a * a + b * b + d * d + e * e, determinant = a * e - b * d;
      const float largest = (squares + std::sqrt(squares * squares - 4 * determinant * determinant)) / 2;
      EXPECT_LT(largest, 1);
    }
  }
}

TEST(Fractals, InstancesChangeOneEntryOfAllMaps) {
  const FractalSystem system = draw_fractal_class(5, 0, 0.2);
  for (int64_t i = 0; i < 20; ++i) {
    Draws draws({.index = i}, "test");
    const FractalSystem varied = vary_fractal(system, draws);
    int changed = 0;
    for (size_t entry = 0; entry < 6; ++entry) {
      const float weight = varied.maps[0].entries[entry] / system.maps[0].entries[entry];
      changed += weight != 1 ? 1 : 0;
      EXPECT_TRUE(weight >= 0.799F && weight <= 1.201F);
      EXPECT_NEAR(varied.maps[1].entries[entry], weight * system.maps[1].entries[entry], 1e-6);
    }
    EXPECT_EQ(changed, 1);
  }
}

TEST(Fractals, ClassesAreBalanced) { expect_balanced("fractals:classes=7,per_class=5", 7, 5); }

TEST(Fractals, ImagesAreFunctionsOfSeedAndNumberWhateverThreadDrawsThem) {
  expect_reproducible("fractals:classes=10,per_class=6");
  expect_reproducible("fractals:classes=10,per_class=6,style=stamps,size=48");
}

TEST(Fractals, GreyIsGreyAndMostImagesOfAClassShowSomething) {
  const auto images = open_image_source("fractals:classes=10,per_class=4,colours=grey").train;
  for (int64_t i = 0; i < images->size(); ++i) {
    const Image image = images->image(i);
    int64_t lit = 0;
    for (size_t p = 0; p < image.size(); p += 3) {
      EXPECT_TRUE(image.pixels[p] == image.pixels[p + 1] && image.pixels[p] == image.pixels[p + 2]);
      lit += image.pixels[p] > 40 ? 1 : 0;
    }
    EXPECT_GT(lit, 64 * 64 / 50) << i;
  }
}

TEST(Fractals, ErrorsNameTheOption) {
  EXPECT_NE(source_error("fractals:style=stamp").find("did you mean `stamps`"), std::string::npos);
  EXPECT_NE(source_error("fractals:filling=0.9").find("filling: expected a number from 0 to 0.4"),
            std::string::npos);
  EXPECT_NE(source_error("fractals:point=10").find("did you mean `points`"), std::string::npos);
  EXPECT_NE(source_error("fractals:classes=1").find("classes"), std::string::npos);
}

}  // namespace
}  // namespace ax
