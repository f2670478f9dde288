#include "adapterx/data/points/sample_mesh.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "adapterx/data/points/load_cloud.h"
#include "adapterx/io/reader_test.h"

namespace ax {
namespace {

const Rng kRng(7, 0, place_of("test.surface"));

// A triangle of area 1.5 at z = 0, one of no area, one of area 4.5 at z = 1.
TriangleMesh two_triangles() {
  return {{0, 0, 0, 3, 0, 0, 0, 1, 0, /**/ 0, 0, 1, 3, 0, 1, 0, 3, 1}, {0, 1, 2, 3, 3, 4, 3, 4, 5}};
}

TEST(SampleSurface, SharesPointsByArea) {
  const int64_t count = 40000;
  const PointCloud cloud = sample_surface(two_triangles(), count, kRng);
  ASSERT_EQ(cloud.size(), count);
  int64_t upper = 0;
  double x = 0, y = 0;
  std::vector<int64_t> corners(4, 0);  // of the upper triangle, cut into four of equal area
  for (size_t i = 0; i < static_cast<size_t>(count); ++i) {
    const float *p = cloud.xyz.data() + 3 * i, side = p[2] > 0.5f ? 3.0f : 1.0f;
    ASSERT_TRUE(p[2] == 0 || p[2] == 1) << p[2];
    ASSERT_TRUE(p[0] >= 0 && p[1] >= 0 && p[0] / 3 + p[1] / side <= 1 + 1e-6f) << p[0] << " " << p[1];
    if (p[2] == 0) continue;
    ++upper;
    x += static_cast<double>(p[0]);
    y += static_cast<double>(p[1]);
    ++corners[p[0] > 1.5f ? 0 : p[1] > 1.5f ? 1 : p[0] + p[1] < 1.5f ? 2 : 3];
  }
  EXPECT_NEAR(static_cast<double>(upper) / count, 0.75, 0.01);  // 4.6 standard deviations
  EXPECT_NEAR(x / static_cast<double>(upper), 1, 0.02);
  EXPECT_NEAR(y / static_cast<double>(upper), 1, 0.02);
  for (const int64_t n : corners)
    EXPECT_NEAR(static_cast<double>(n) / static_cast<double>(upper), 0.25, 0.012);
}

TEST(SampleSurface, IsAFunctionOfMeshAndRng) {
  const PointCloud cloud = sample_surface(two_triangles(), 100, kRng);
  EXPECT_EQ(sample_surface(two_triangles(), 100, kRng).xyz, cloud.xyz);
  EXPECT_NE(sample_surface(two_triangles(), 100, Rng(8, 0, kRng.place())).xyz, cloud.xyz);
  const PointCloud fewer = sample_surface(two_triangles(), 30, kRng);
  EXPECT_TRUE(std::ranges::equal(fewer.xyz, std::span(cloud.xyz).first(90)));
}

TEST(SampleSurface, RefusesWhatHasNoSurface) {
  const auto refuses = [](const TriangleMesh& mesh, std::string_view part, int64_t points = 10) {
    expect_part(error_text([&] { sample_surface(mesh, points, kRng); }), part);
  };
  refuses({{0, 0, 0, 1, 1, 1, 2, 2, 2}, {0, 1, 2}}, "of an area above 0, got 1 of area 0");
  refuses({{0, 0, 0}, {}}, "got 0 of area 0");
  refuses({{0, 0, 0, 1, 0, 0, 0, 1, 0}, {0, 1, 3}}, "expected vertices below 3, got 3");
  refuses(two_triangles(), "at least 1 point", 0);
  TriangleMesh huge = two_triangles();
  for (float& v : huge.vertices) v *= 1e38f;
  for (const float v : sample_surface(huge, 100, kRng).xyz) EXPECT_TRUE(std::isfinite(v));
  huge.vertices[3] = std::numeric_limits<float>::quiet_NaN();
  refuses(huge, "area nan");
}

TEST(CloudOf, ThinsLargeCloudsInTheirOrder) {
  PointCloud line;
  for (int i = 0; i < 1000; ++i) line.xyz.insert(line.xyz.end(), {static_cast<float>(i), 0, 0});
  EXPECT_EQ(cloud_of(line, 1000, "x").xyz, line.xyz);
  const PointCloud few = cloud_of(line, 100, "x");
  ASSERT_EQ(few.size(), 100);
  double sum = 0;
  for (size_t i = 0; i < 100; ++i) {
    EXPECT_GT(few.xyz[3 * i], i > 0 ? few.xyz[3 * i - 3] : -1);
    sum += static_cast<double>(few.xyz[3 * i]);
  }
  EXPECT_NEAR(sum / 100, 500, 110);  // 4 standard deviations
  EXPECT_EQ(cloud_of(line, 100, "y").xyz, few.xyz);
  EXPECT_EQ(cloud_of(two_triangles(), 64, "x").size(), 64);
  expect_part(error_text([&] { cloud_of(TriangleMesh{{0, 0, 0}, {0, 0, 0}}, 8, "a.obj"); }), "a.obj: mesh: ");
}

}  // namespace
}  // namespace ax
