#include "adapterx/kernels/twin/points.h"

#include <limits>

#include "adapterx/base/error.h"
#include "adapterx/kernels/points/farthest_points.h"
#include "adapterx/kernels/points/nearest_points.h"
#include "adapterx/kernels/row_test.h"

namespace ax {
namespace {

using namespace test;

std::vector<float> normal_points(int64_t n, uint32_t place) {
  std::vector<float> xyz(static_cast<size_t>(3 * n));
  Rng(3, 0, place).fill_normal(xyz, 0.2f, 0.7f);
  return xyz;
}

// Points of a coarse grid: equal ones, and distances that are equal but for rounding.
std::vector<float> grid_points(int64_t n, uint32_t place) {
  std::vector<float> xyz = normal_points(n, place);
  for (float& x : xyz) x = 0.1f * std::round(3 * x);
  return xyz;
}

std::vector<float> clouds_with(std::vector<float> xyz, std::initializer_list<size_t> at, float value) {
  for (const size_t i : at) xyz[i % xyz.size()] = value;
  return xyz;
}

std::vector<std::vector<float>> clouds(int64_t n) {
  const std::vector<float> plain = normal_points(n, 1);
  const float inf = std::numeric_limits<float>::infinity(), nan = std::nanf("");
  std::vector<float> all_equal(plain.size(), 0.3f);
  return {plain,
          grid_points(n, 2),
          all_equal,
          clouds_with(plain, {7, 100, 101, 333}, nan),
          clouds_with(plain, {0, 55}, nan),
          clouds_with(plain, {5, 56}, inf),
          clouds_with(plain, {1, 58}, -inf),
          clouds_with(plain, {4, 90, 200}, 3e38f),
          std::vector<float>(plain.size(), nan)};
}

Tensor view(std::vector<float>& v, const Shape& shape) { return {v.data(), DType::f32, shape}; }
Tensor view(std::vector<int32_t>& v, const Shape& shape) { return {v.data(), DType::i32, shape}; }

std::vector<int32_t> nearest(std::vector<float>& xyz, int64_t batch, std::vector<float>& centers, int64_t k) {
  const int64_t n = static_cast<int64_t>(xyz.size()) / 3 / batch;
  const int64_t groups = static_cast<int64_t>(centers.size()) / 3 / batch;
  std::vector<int32_t> indices(static_cast<size_t>(batch * groups * k), -1);
  std::vector<std::byte> scratch(kernels::nearest_points_scratch(n, k));
  kernels::nearest_points({view(xyz, {batch, n, 3}), view(centers, {batch, groups, 3}),
                           view(indices, {batch, groups, k}), scratch.data()});
  return indices;
}

TEST(FarthestPoints, EqualsTheTwin) {
  for_each_target([] {
    for (const int64_t n : {1, 2, 15, 16, 17, 127, 128, 129, 1000}) {
      for (const std::vector<float>& xyz : clouds(n)) {
        for (const int64_t count : {int64_t{1}, (n + 2) / 3, n}) {
          std::vector<int32_t> indices(static_cast<size_t>(count), -1);
          kernels::farthest_points(xyz, count, indices);
          ASSERT_EQ(indices, twin::farthest_points(xyz.data(), static_cast<size_t>(n), indices.size()))
              << n << " points, " << count;
        }
      }
    }
  });
}

TEST(FarthestPoints, SpreadOverALine) {
  std::vector<float> xyz(3 * 9);
  for (size_t i = 0; i < 9; ++i) xyz[3 * i + 1] = static_cast<float>(i);
  std::vector<int32_t> indices(5);
  kernels::farthest_points(xyz, 5, indices);
  EXPECT_EQ(indices, (std::vector<int32_t>{0, 8, 4, 2, 6}));
}

TEST(FarthestPoints, ABatchIsItsCloudsAtAnyThreadCount) {
  for (const int64_t batch : {1, 2, 5}) {
    std::vector<float> xyz = normal_points(batch * 333, 4);
    for (const int threads : {1, 3}) {
      const ThreadCount count(threads);
      std::vector<int32_t> indices(static_cast<size_t>(batch * 40), -1);
      std::vector<std::byte> scratch(kernels::farthest_points_scratch(333));
      kernels::farthest_points({view(xyz, {batch, 333, 3}), view(indices, {batch, 40}), scratch.data()});
      for (int64_t b = 0; b < batch; ++b) {
        const std::vector<int32_t> cloud(indices.begin() + b * 40, indices.begin() + (b + 1) * 40);
        EXPECT_EQ(cloud, twin::farthest_points(xyz.data() + b * 333 * 3, 333, 40)) << batch << " " << b;
      }
    }
  }
}

TEST(FarthestPoints, CountsThatCannotBe) {
  const std::vector<float> xyz(3 * 4);
  std::vector<int32_t> indices(5);
  EXPECT_THROW(kernels::farthest_points(xyz, 5, indices), Error);
  EXPECT_THROW(kernels::farthest_points(xyz, 0, {}), Error);
  EXPECT_THROW(kernels::farthest_points(xyz, 3, indices), Error);
  EXPECT_THROW(kernels::farthest_points({}, 1, {indices.data(), 1}), Error);
  EXPECT_THROW(kernels::farthest_points({xyz.data(), 11}, 2, {indices.data(), 2}), Error);
}

TEST(NearestPoints, EqualTheTwin) {
  for_each_target([] {
    for (const int64_t n : {1, 2, 15, 16, 17, 127, 128, 129, 700}) {
      for (std::vector<float> xyz : clouds(n)) {
        std::vector<float> centers(xyz.begin(), xyz.begin() + std::min<int64_t>(n, 10) * 3);
        const std::vector<float> others = normal_points(5, 9);
        centers.insert(centers.end(), others.begin(), others.end());
        for (const int64_t k : {int64_t{1}, (n + 4) / 5, n}) {
          const std::vector<int32_t> indices = nearest(xyz, 1, centers, k);
          for (size_t g = 0; g < centers.size() / 3; ++g) {
            const auto* row = indices.data() + static_cast<int64_t>(g) * k;
            ASSERT_EQ(std::vector<int32_t>(row, row + k),
                      twin::nearest_points(xyz.data(), static_cast<size_t>(n), centers.data() + 3 * g,
                                           static_cast<size_t>(k)))
                << n << " points, " << k << " of centre " << g;
          }
        }
      }
    }
  });
}

TEST(NearestPoints, ABatchIsItsCloudsAtAnyThreadCount) {
  std::vector<float> xyz = normal_points(3 * 200, 5), centers = normal_points(3 * 21, 6);
  for (const int threads : {1, 4}) {
    const ThreadCount count(threads);
    const std::vector<int32_t> indices = nearest(xyz, 3, centers, 7);
    for (size_t g = 0; g < 63; ++g) {
      const std::vector<int32_t> row(indices.begin() + static_cast<long>(g) * 7,
                                     indices.begin() + static_cast<long>(g + 1) * 7);
      EXPECT_EQ(row, twin::nearest_points(xyz.data() + g / 21 * 600, 200, centers.data() + 3 * g, 7)) << g;
    }
  }
}

}  // namespace
}  // namespace ax
