#include "adapterx/kernels/points/chamfer.h"

#include "adapterx/kernels/row_test.h"
#include "adapterx/kernels/twin/chamfer.h"

namespace ax {
namespace {

using namespace test;

struct Computed {
  Owned predicted, target;
  bool squared;
  Owned distance{DType::f32, {}};
  Owned near_target, near_predicted;
  Owned dpredicted, dtarget;

  Computed(Owned p, Owned t, bool squared_)
      : predicted(std::move(p)),
        target(std::move(t)),
        squared(squared_),
        near_target(DType::i32, {pairs(), points(predicted)}),
        near_predicted(DType::i32, {pairs(), points(target)}),
        dpredicted(DType::f32, predicted.tensor().shape),
        dtarget(DType::f32, target.tensor().shape) {
    std::vector<std::byte> scratch(kernels::chamfer_scratch(pairs(), points(predicted), points(target)));
    kernels::chamfer({predicted, target, squared, distance, near_target, near_predicted, scratch.data()});
    const Owned upstream(DType::f32, {}, {0.7});
    kernels::chamfer_grad(
        {predicted, target, squared, near_target, near_predicted, upstream, dpredicted, dtarget});
  }

  int64_t pairs() const { return predicted.tensor().shape[0]; }
  static int64_t points(const Owned& t) { return t.tensor().shape[1]; }
};

double twin_of(const std::vector<double>& p, const std::vector<double>& t, const Computed& run) {
  return twin::chamfer(p.data(), static_cast<size_t>(Computed::points(run.predicted)), t.data(),
                       static_cast<size_t>(Computed::points(run.target)), static_cast<size_t>(run.pairs()),
                       run.squared);
}

// 0.7 times the twin's central differences by the first or second operand.
std::vector<double> differences(const Computed& run, bool by_target) {
  constexpr double kStep = 1e-6;
  std::vector<double> p = run.predicted.values(), t = run.target.values();
  std::vector<double>& x = by_target ? t : p;
  std::vector<double> d(x.size());
  for (size_t i = 0; i < x.size(); ++i) {
    const double at = x[i];
    x[i] = at + kStep;
    const double above = twin_of(p, t, run);
    x[i] = at - kStep;
    d[i] = 0.7 * (above - twin_of(p, t, run)) / (2 * kStep);
    x[i] = at;
  }
  return d;
}

TEST(Chamfer, DistanceAndGradientsAreTheTwins) {
  for_each_target([] {
    for (const auto& [pairs, p, q] : {std::array{1, 1, 1}, std::array{3, 5, 17}, std::array{5, 16, 16},
                                      std::array{2, 33, 1}, std::array{9, 7, 31}}) {
      for (const bool squared : {true, false}) {
        const Computed run(random(DType::f32, {pairs, p, 3}, 1), random(DType::f32, {pairs, q, 3}, 2),
                           squared);
        expect_near(run.distance, {twin_of(run.predicted.values(), run.target.values(), run)}, 1e-6);
        expect_near(run.dpredicted, differences(run, false), 1e-5);
        expect_near(run.dtarget, differences(run, true), 1e-5);
      }
    }
  });
}

TEST(Chamfer, ByHand) {
  const Owned p(DType::f32, {1, 2, 3}, {0, 0, 0, 1, 0, 0}), t(DType::f32, {1, 1, 3}, {0, 0, 0.5});
  EXPECT_FLOAT_EQ(static_cast<float>(Computed(p, t, true).distance[0]), (0.25f + 1.25f) / 2 + 0.25f);
  EXPECT_FLOAT_EQ(static_cast<float>(Computed(p, t, false).distance[0]),
                  ((0.5f + std::sqrt(1.25f)) / 2 + 0.5f) / 2);
}

// torch.cdist in double, and its gradient times 0.7.
TEST(Chamfer, AsTorchHasIt) {
  const Owned p(DType::f32, {1, 3, 3}, {0.1, 0.2, 0.3, 0.5, -0.2, 0.7, 1, 1, -1});
  const Owned t(DType::f32, {1, 2, 3}, {0, 0, 0, 0.6, 0.1, 0.9});
  const Computed squared(p, t, true), plain(p, t, false);
  expect_near(squared.distance, {1.233333333333333}, 1e-6);
  expect_near(squared.dpredicted,
              {0.11666666666666667, 0.23333333333333334, 0.35, -0.11666666666666663, -0.35000000000000003,
               -0.23333333333333342, 0.4666666666666666, 0.4666666666666666, -0.4666666666666666},
              1e-6);
  expect_near(plain.distance, {0.6004799168259747}, 1e-6);
  expect_near(plain.dpredicted,
              {0.07795119555779043, 0.15590239111558085, 0.23385358667337128, -0.07795119555779041,
               -0.2338535866733713, -0.1559023911155809, 0.06735753140545633, 0.06735753140545633,
               -0.06735753140545633},
              1e-6);
}

TEST(Chamfer, NearestAreTheLowestOfEquals) {
  for_each_target([] {
    Owned t = random(DType::f32, {2, 70, 3}, 3);
    for (size_t i = 0; i < 420; ++i) t.set(i, std::round(t[i]));
    const Computed run(t, t, false);
    for (size_t i = 0; i < 140; ++i) {
      const float* cloud = t.tensor().f32() + i / 70 * 210;
      const int32_t first = twin::nearest_points(cloud, 70, t.tensor().f32() + 3 * i, 1)[0];
      ASSERT_EQ(run.near_target.tensor().i32()[i], first);
      ASSERT_EQ(run.near_predicted.tensor().i32()[i], first);
    }
    EXPECT_EQ(run.distance[0], 0);
    EXPECT_EQ(run.dpredicted.values(), std::vector<double>(420));  // no direction: no gradient, no NaN
  });
}

TEST(Chamfer, AnyThreadCountGivesTheSameBits) {
  const Owned p = random(DType::f32, {37, 9, 3}, 4), t = random(DType::f32, {37, 12, 3}, 5);
  const Computed one = [&] {
    const ThreadCount count(1);
    return Computed(p, t, true);
  }();
  const ThreadCount count(3);
  const Computed three(p, t, true);
  EXPECT_EQ(one.distance[0], three.distance[0]);
  EXPECT_EQ(one.dpredicted.values(), three.dpredicted.values());
}

TEST(Chamfer, CoordinatesThatAreNotFinite) {
  for_each_target([] {
    for (const double bad : {std::nan(""), HUGE_VAL, -HUGE_VAL}) {
      Owned p = random(DType::f32, {2, 20, 3}, 6);
      p.set(50, bad);
      const Owned t = random(DType::f32, {2, 20, 3}, 7);
      EXPECT_EQ(Computed(p, t, true).distance[0], HUGE_VAL);
      EXPECT_EQ(Computed(t, p, true).distance[0], HUGE_VAL);
      EXPECT_EQ(Computed(Owned(DType::f32, {1, 5, 3}, std::vector<double>(15, bad)),
                         random(DType::f32, {1, 3, 3}, 8), true)
                    .distance[0],
                HUGE_VAL);
    }
  });
}

}  // namespace
}  // namespace ax
