#include "adapterx/report/shown_cloud.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "adapterx/base/rng.h"
#include "adapterx/io/reader_test.h"

namespace ax {
namespace {

std::vector<float> random_cloud(uint32_t what, int64_t points, double scale, double shift) {
  std::vector<float> xyz;
  for (int64_t i = 0; i < 3 * points; ++i) {
    const double u = Rng(5, what, 0).uniform(static_cast<uint64_t>(i));
    xyz.push_back(static_cast<float>(shift + scale * u * (i % 3 == 0 ? 3 : 1)));
  }
  return xyz;
}

TEST(ShownCloud, AnyTurnStaysWithinTheBall) {
  const double middle = kGreatestCoordinate / 2.0;
  for (const auto& [scale, shift] : {std::pair{1.0, 0.0}, {1e-20, 3e-20}, {1e30, -5e30}, {0.01, 100.0}}) {
    const std::vector<uint16_t> points = shown_points(random_cloud(1, 500, scale, shift));
    double farthest = 0;
    for (size_t i = 0; i < points.size(); i += 3) {
      farthest =
          std::max(farthest, std::hypot(points[i] - middle, points[i + 1] - middle, points[i + 2] - middle));
    }
    EXPECT_NEAR(farthest, middle, 1) << scale;
  }
}

TEST(ShownCloud, ProportionsAreKept) {
  const std::vector<float> box = {-2, 0, 0, 2, 0, 0, 0, 1, 0, 0, -1, 0};
  const std::vector<uint16_t> points = shown_points(box);
  EXPECT_EQ(points[3] - points[0], 1023);
  EXPECT_NEAR(points[7] - points[10], 511.5, 1);
  EXPECT_EQ(points[2], 512);
}

TEST(ShownCloud, OnePointAndEqualPointsStandInTheMiddle) {
  EXPECT_EQ(shown_points(std::vector<float>{7, 8, 9}), (std::vector<uint16_t>{512, 512, 512}));
  const std::vector<float> equal(30, -1e30f);
  EXPECT_EQ(shown_points(equal), std::vector<uint16_t>(30, 512));
}

TEST(ShownCloud, RefusesWhatIsNoCloud) {
  const std::string expected = "expected 3 coordinates each of 1 to 1024 points, got ";
  expect_part(error_text([] { shown_points({}); }), expected + "0");
  expect_part(error_text([] { shown_points(std::vector<float>(4)); }), expected + "4");
  expect_part(error_text([] { shown_points(std::vector<float>(3075)); }), expected + "3075");
  expect_part(error_text([] { shown_points(std::vector<float>{0, 1, NAN}); }), "finite");
  expect_part(error_text([] { shown_points(std::vector<float>{0, 1, INFINITY}); }), "finite");
}

TEST(ShownCloud, NearestCenterOfEachPoint) {
  const std::vector<float> centers = {0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 5, 0};
  const std::vector<float> xyz = {0.4f, 0, 0, 0.6f, 0, 0, 0.5f, 0, 0, 0, 4, 1};
  EXPECT_EQ(nearest_centers(xyz, centers), (std::vector<uint16_t>{0, 1, 0, 3})) << "of equals the first";
}

TEST(ShownCloud, PackingComesBack) {
  const std::vector<uint16_t> points = shown_points(random_cloud(2, 77, 1, 0));
  EXPECT_EQ(pack_points(points).size(), 4 * 77u);
  EXPECT_EQ(unpack_points(pack_points(points)), points);
  EXPECT_EQ(pack_points(std::vector<uint16_t>{1, 2, 1023}),
            (std::vector<std::byte>{std::byte{1}, std::byte{8}, std::byte{0xf0}, std::byte{0x3f}}));
  const std::vector<uint16_t> patches = {0, 255, 256, 65'535};
  EXPECT_EQ(unpack_patches(pack_patches(patches)), patches);
  expect_part(error_text([] { unpack_points(std::vector<std::byte>(6)); }), "multiple of 4 bytes, got 6");
  expect_part(error_text([] { unpack_patches(std::vector<std::byte>(3)); }), "multiple of 2 bytes, got 3");
}

}  // namespace
}  // namespace ax
