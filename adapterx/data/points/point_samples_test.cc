#include "adapterx/data/points/point_samples.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "adapterx/base/rng.h"
#include "adapterx/data/loader.h"
#include "adapterx/data/points/point_transform.h"
#include "adapterx/io/reader_test.h"

namespace ax {
namespace {

using Point = std::array<float, 3>;

std::vector<Point> points_of(std::span<const float> xyz) {
  std::vector<Point> points;
  for (size_t i = 0; i < xyz.size(); i += 3) points.push_back({xyz[i], xyz[i + 1], xyz[i + 2]});
  return points;
}

double radius(const Point& p) {
  return std::hypot(static_cast<double>(p[0]), static_cast<double>(p[1]), static_cast<double>(p[2]));
}

PointCloud random_cloud(int64_t points, uint32_t number = 0) {
  PointCloud cloud{std::vector<float>(static_cast<size_t>(3 * points))};
  Rng(1, number, place_of("test.cloud")).fill_uniform(cloud.xyz, -3, 5);
  return cloud;
}

// Clouds of 100 points and more; cloud i % 5 == 4 has 20.
class Made : public PointDataset {
 public:
  explicit Made(int64_t size, bool broken = false) : size_(size), broken_(broken) {}
  int64_t size() const override { return size_; }
  int32_t label(int64_t i) const override { return static_cast<int32_t>(i % 3); }
  std::string name(int64_t i) const override { return "made#" + std::to_string(i); }
  PointCloud points(int64_t i) const override {
    ++read;
    if (broken_ && i == 3) fail("{}: broken", name(i));
    return random_cloud(i % 5 == 4 ? 20 : 100 + i, static_cast<uint32_t>(i));
  }

  mutable std::atomic<int64_t> read = 0;

 private:
  int64_t size_;
  bool broken_;
};

const PointPreprocess kPreprocess{.points = 64};
const PointAugment kAll{.rotate_y = true, .scale_translate = true, .jitter = 0.01, .point_dropout = 0.875};

TEST(PointTransform, UnitSphere) {
  PointCloud cloud = random_cloud(500);
  to_unit_sphere(cloud.xyz);
  std::array<double, 3> mean{};
  double largest = 0;
  for (const Point& p : points_of(cloud.xyz)) {
    for (size_t k = 0; k < 3; ++k) mean[k] += static_cast<double>(p[k]) / 500;
    largest = std::max(largest, radius(p));
  }
  for (const double m : mean) EXPECT_NEAR(m, 0, 1e-6);
  EXPECT_NEAR(largest, 1, 1e-6);
  std::vector<float> one = {5, 5, 5, 5, 5, 5}, far = {3e38f, 3e38f, 3e38f, -3e38f, -3e38f, -3e38f};
  to_unit_sphere(one);
  EXPECT_EQ(one, std::vector<float>(6, 0.0f));
  to_unit_sphere(far);
  EXPECT_NEAR(far[0], 1 / std::sqrt(3.0), 1e-6);
}

TEST(PointTransform, FarthestPartIsSpreadAndNested) {
  const PointCloud cloud = random_cloud(300);
  const std::vector<float> few = farthest_part(cloud, 20), more = farthest_part(cloud, 60);
  ASSERT_EQ(few.size(), 60u);
  EXPECT_TRUE(std::ranges::equal(few, std::span(more).first(60)));
  const std::vector<Point> all = points_of(cloud.xyz), chosen = points_of(few);
  EXPECT_EQ(std::set<Point>(chosen.begin(), chosen.end()).size(), 20u);
  const auto distance = [](const Point& a, const Point& b) {
    return radius({a[0] - b[0], a[1] - b[1], a[2] - b[2]});
  };
  double closest = 1e9, farthest = 0;  // of two chosen ones; of a point and its next chosen one
  for (const Point& p : all) {
    EXPECT_TRUE(p != all[0] || p == chosen[0]);
    double near = 1e9;
    for (const Point& c : chosen) near = std::min(near, distance(p, c));
    farthest = std::max(farthest, near);
  }
  for (size_t i = 0; i < 20; ++i) {
    for (size_t j = 0; j < i; ++j) closest = std::min(closest, distance(chosen[i], chosen[j]));
  }
  EXPECT_LE(farthest, closest);
  EXPECT_EQ(farthest_part(cloud, 300), cloud.xyz);
  EXPECT_EQ(farthest_part(cloud, 400), cloud.xyz);
}

TEST(PointTransform, CandidatesAreThePublishedNumbers) {
  EXPECT_EQ(candidate_points(1024), 1200);
  EXPECT_EQ(candidate_points(2048), 2400);
  EXPECT_EQ(candidate_points(4096), 4800);
  EXPECT_GE(candidate_points(1), 1);
}

TEST(PointTransform, SmallCloudsRepeat) {
  const PointCloud cloud = random_cloud(20);
  std::vector<float> out(3 * 64);
  preprocess_cloud(cloud, {.points = 64, .unit_sphere = false}, out);
  for (size_t i = 0; i < out.size(); ++i) EXPECT_EQ(out[i], cloud.xyz[i % 60]);
  choose_points(cloud.xyz, {1, 2, 3}, out);
  std::map<Point, int> counts;
  for (const Point& p : points_of(out)) ++counts[p];
  EXPECT_EQ(counts.size(), 20u);
  for (const auto& [p, n] : counts) EXPECT_TRUE(n == 3 || n == 4);
}

TEST(PointTransform, ChoosesEvenly) {
  const PointCloud cloud = random_cloud(10);
  const std::vector<Point> all = points_of(cloud.xyz);
  std::map<Point, int> taken, first;
  std::vector<float> out(3 * 4);
  for (int64_t i = 0; i < 3000; ++i) {
    choose_points(cloud.xyz, {5, 0, i}, out);
    const std::vector<Point> chosen = points_of(out);
    EXPECT_EQ(std::set<Point>(chosen.begin(), chosen.end()).size(), 4u);
    ++first[chosen[0]];
    for (const Point& p : chosen) ++taken[p];
  }
  for (const Point& p : all) {
    EXPECT_NEAR(taken[p], 1200, 110);  // 4 standard deviations
    EXPECT_NEAR(first[p], 300, 68);
  }
}

TEST(PointTransform, TurnsAboutY) {
  const PointCloud cloud = random_cloud(50);
  std::set<float> first;
  for (int64_t i = 0; i < 20; ++i) {
    std::vector<float> turned = cloud.xyz;
    augment_points({.rotate_y = true}, {7, 1, i}, turned);
    first.insert(turned[0]);
    double angle = 0;
    for (size_t k = 0; k < turned.size(); k += 3) {
      const float *a = &cloud.xyz[k], *b = &turned[k];
      EXPECT_EQ(a[1], b[1]);
      EXPECT_NEAR(std::hypot(a[0], a[2]), std::hypot(b[0], b[2]), 1e-5);
      const double by = std::remainder(std::atan2(b[2], b[0]) - std::atan2(a[2], a[0]), 2 * M_PI);
      if (k == 0) angle = by;
      EXPECT_NEAR(std::remainder(by - angle, 2 * M_PI), 0, 1e-4);
    }
  }
  EXPECT_EQ(first.size(), 20u);
}

TEST(PointTransform, ScalesAndShiftsEachAxis) {
  const std::vector<float> corners = {0, 0, 0, 1, 1, 1, 2, 2, 2};
  std::array<float, 3> low = {9, 9, 9}, high = {-9, -9, -9};
  for (int64_t i = 0; i < 300; ++i) {
    std::vector<float> xyz = corners;
    augment_points({.scale_translate = true}, {7, 1, i}, xyz);
    for (size_t k = 0; k < 3; ++k) {
      const float shift = xyz[k], scale = xyz[3 + k] - shift;
      EXPECT_NEAR(xyz[6 + k], 2 * scale + shift, 1e-5);
      EXPECT_LE(std::abs(shift), 0.2f);
      low[k] = std::min(low[k], scale);
      high[k] = std::max(high[k], scale);
    }
    EXPECT_NE(xyz[3] - xyz[0], xyz[4] - xyz[1]);
  }
  for (size_t k = 0; k < 3; ++k) {
    EXPECT_NEAR(low[k], 2.0 / 3, 0.02);
    EXPECT_NEAR(high[k], 1.5, 0.02);
  }
}

TEST(PointTransform, JittersUpToTheClip) {
  std::vector<float> noise(3 * 4000);
  augment_points({.jitter = 0.02, .jitter_clip = 0.05}, {7, 1, 2}, noise);
  double square = 0;
  for (const float x : noise) {
    EXPECT_LE(std::abs(x), 0.05f);
    square += static_cast<double>(x * x) / static_cast<double>(noise.size());
  }
  EXPECT_NEAR(std::sqrt(square), 0.0196, 0.0006);  // less than 0.02: clipped at 2.5 of it
}

TEST(PointTransform, DropsPointsOntoTheFirst) {
  const PointCloud cloud = random_cloud(400);
  double least = 1, most = 0, sum = 0;
  for (int64_t i = 0; i < 100; ++i) {
    std::vector<float> xyz = cloud.xyz;
    augment_points({.point_dropout = 0.875}, {7, 1, i}, xyz);
    double dropped = 0;
    for (size_t k = 3; k < xyz.size(); k += 3) {
      const bool is_first = std::equal(xyz.begin(), xyz.begin() + 3, xyz.begin() + static_cast<ptrdiff_t>(k));
      EXPECT_TRUE(is_first || xyz[k] == cloud.xyz[k]);
      dropped += is_first;
    }
    least = std::min(least, dropped / 400), most = std::max(most, dropped / 400), sum += dropped / 400;
  }
  EXPECT_LT(least, 0.05);
  EXPECT_GT(most, 0.8);
  EXPECT_LT(most, 0.95);
  EXPECT_NEAR(sum / 100, 0.4375, 0.1);
}

std::vector<std::vector<float>> epoch_of(Loader& loader, uint32_t epoch, int64_t first = 0) {
  std::vector<std::vector<float>> all;
  loader.start(epoch, first);
  while (const Loader::Batch* batch = loader.next()) {
    all.emplace_back(batch->inputs.begin(), batch->inputs.end());
    all.emplace_back(batch->labels.begin(), batch->labels.end());
  }
  return all;
}

TEST(PointSamples, SameBitsForAnyThreadsCacheAndResume) {
  const auto clouds = std::make_shared<Made>(21);
  const LoaderOptions one{.batch = 4, .shuffle = true, .seed = 9, .threads = 1};
  Loader reference(point_samples(clouds, kPreprocess, kAll, 0), 3, one);
  const auto first = epoch_of(reference, 2), second = epoch_of(reference, 3);
  EXPECT_NE(first, second);
  for (const int threads : {1, 4}) {
    for (const size_t cache : {size_t{0}, size_t{3000}, kPointCacheBytes}) {
      LoaderOptions other = one;
      other.threads = threads;
      Loader loader(point_samples(clouds, kPreprocess, kAll, cache), 3, other);
      EXPECT_EQ(epoch_of(loader, 2), first);
      EXPECT_EQ(epoch_of(loader, 3), second);
      const auto rest = epoch_of(loader, 2, 3);
      EXPECT_EQ(rest, decltype(rest)(first.begin() + 6, first.end()));
    }
  }
}

TEST(PointSamples, EvaluationIsThePreprocessedCloud) {
  const auto clouds = std::make_shared<Made>(5);
  const auto samples = point_samples(clouds, kPreprocess);
  ASSERT_EQ(samples->input_size(), 3 * 64);
  std::vector<float> got(3 * 64), again(3 * 64), want(3 * 64);
  for (int64_t i = 0; i < 5; ++i) {
    samples->sample({1, 0, i}, got.data());
    samples->sample({2, 7, i}, again.data());
    preprocess_cloud(clouds->points(i), kPreprocess, want);
    EXPECT_EQ(got, want);
    EXPECT_EQ(again, want);
  }
}

TEST(PointSamples, TrainingChoosesAmongTheFarthest) {
  const auto clouds = std::make_shared<Made>(1);
  const auto samples = point_samples(clouds, {.points = 64, .unit_sphere = false}, PointAugment{});
  const std::vector<Point> candidates = points_of(farthest_part(clouds->points(0), 75));
  const std::set<Point> farthest(candidates.begin(), candidates.end());
  std::set<Point> seen;
  std::vector<float> out(3 * 64);
  for (uint32_t epoch = 0; epoch < 10; ++epoch) {
    samples->sample({1, epoch, 0}, out.data());
    for (const Point& p : points_of(out)) {
      EXPECT_TRUE(farthest.contains(p));
      seen.insert(p);
    }
  }
  EXPECT_EQ(seen, farthest);
}

TEST(PointSamples, ReadsOnceWhereTheCacheHasRoom) {
  const auto clouds = std::make_shared<Made>(20);
  Loader loader(point_samples(clouds, kPreprocess, kAll), 3, {.batch = 4});
  for (uint32_t epoch = 0; epoch < 3; ++epoch) epoch_of(loader, epoch);
  EXPECT_EQ(clouds->read, 20);
}

TEST(PointSamples, VotesAreDrawnBySeedAndVote) {
  const auto drawn = point_samples(std::make_shared<Made>(6), kPreprocess, {.scale_translate = true});
  const auto sample = [&](uint64_t seed, uint32_t vote, const SampleKey& key) {
    std::vector<float> out(3 * 64);
    vote_samples(drawn, seed, vote)->sample(key, out.data());
    return out;
  };
  const std::vector<float> one = sample(3, 1, {0, 0, 2});
  EXPECT_EQ(sample(3, 1, {8, 5, 2}), one);
  EXPECT_NE(sample(3, 2, {0, 0, 2}), one);
  EXPECT_NE(sample(4, 1, {0, 0, 2}), one);
  EXPECT_NE(sample(3, 1, {0, 0, 3}), one);
}

TEST(PointSamples, TellsWhatIsWrong) {
  const auto clouds = std::make_shared<Made>(6, true);
  Loader loader(point_samples(clouds, kPreprocess), 3, {.batch = 2});
  loader.start(0);
  EXPECT_NE(loader.next(), nullptr);
  EXPECT_EQ(error_text([&] { loader.next(); }), "made#3: broken");
  const auto refuses = [&](const PointPreprocess& p, const PointAugment& a, std::string_view part) {
    expect_part(error_text([&] { point_samples(clouds, p, a); }), part);
  };
  refuses({.points = 0}, {}, "points: expected 1 to 1048576 of a cloud, got 0");
  refuses({}, {.jitter = -1}, "jitter: expected 0 to");
  refuses({}, {.jitter = std::numeric_limits<double>::quiet_NaN()}, "jitter: expected");
  refuses({}, {.point_dropout = 1.5}, "point_dropout: expected 0 to 1, got 1.5");
  EXPECT_THROW(point_samples(nullptr, kPreprocess), Error);
  EXPECT_THROW(point_samples(std::make_shared<Made>(0), kPreprocess), Error);
  EXPECT_EQ(to_string(PointAugment{}), "none");
  EXPECT_EQ(to_string(kAll),
            "turned about y, scaled and shifted, jitter 0.01 (at most 0.05), point dropout up to 0.875");
}

}  // namespace
}  // namespace ax
