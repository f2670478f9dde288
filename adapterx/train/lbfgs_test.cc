#include "adapterx/train/lbfgs.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace ax {
namespace {

// sum of w_i (x_i - i)^2 / 2, w from 1 to `condition`.
struct Bowl {
  double condition;
  double weight(size_t i, size_t n) const {
    return std::pow(condition, static_cast<double>(i) / static_cast<double>(n - 1));
  }
  double operator()(std::span<const double> x, std::span<double> gradient) const {
    double value = 0;
    for (size_t i = 0; i < x.size(); ++i) {
      const double d = x[i] - static_cast<double>(i), w = weight(i, x.size());
      gradient[i] = w * d;
      value += w * d * d / 2;
    }
    return value;
  }
};

TEST(Lbfgs, FindsTheMinimumOfAQuadratic) {
  std::vector<double> x(20, 3.0);
  LbfgsOptions options;
  options.tolerance = 1e-9;
  options.rounding = 0;
  const LbfgsResult r = minimise(Bowl{100}, x, options);
  EXPECT_LE(r.gradient, 1e-9);
  for (size_t i = 0; i < x.size(); ++i) EXPECT_NEAR(x[i], static_cast<double>(i), 1e-7);
}

// Gradient descent of the best length of step needs condition / 2 * ln(1e6) steps and more, about 70,000.
// SciPy 1.17's L-BFGS-B takes 521.
TEST(Lbfgs, UsesTheCurvature) {
  std::vector<double> x(20, 3.0);
  LbfgsOptions options;
  options.max_iterations = 1000;
  const LbfgsResult r = minimise(Bowl{1e4}, x, options);
  EXPECT_LE(r.gradient, 1e-5);
  EXPECT_LT(r.iterations, 600);
}

// Values that are rounded to 1e-4 hide the bowl's last part, in which gradients lead.
TEST(Lbfgs, GoesOnWhereValuesAreRounded) {
  std::vector<double> x(20, 3.0);
  const Bowl bowl{100};
  const auto rounded = [&](std::span<const double> p, std::span<double> g) {
    return std::round(bowl(p, g) * 1e4) / 1e4;
  };
  LbfgsOptions options;
  options.rounding = 2e-4;
  EXPECT_LE(minimise(rounded, x, options).gradient, 1e-5);
}

// Rosenbrock's valley bends: quasi-Newton steps from stale curvature would leave it.
TEST(Lbfgs, FollowsABentValley) {
  std::vector<double> x = {-1.2, 1};
  const auto valley = [](std::span<const double> p, std::span<double> g) {
    const double a = 1 - p[0], b = p[1] - p[0] * p[0];
    g[0] = -2 * a - 400 * p[0] * b;
    g[1] = 200 * b;
    return a * a + 100 * b * b;
  };
  LbfgsOptions options;
  options.tolerance = 1e-8;
  options.rounding = 0;
  EXPECT_LT(minimise(valley, x, options).iterations, 100);
  EXPECT_NEAR(x[0], 1, 1e-7);
  EXPECT_NEAR(x[1], 1, 1e-7);
}

TEST(Lbfgs, StopsWhereItIsTold) {
  std::vector<double> x(20, 3.0);
  LbfgsOptions options;
  options.max_iterations = 3;
  EXPECT_EQ(minimise(Bowl{1e4}, x, options).iterations, 3);
  std::vector<double> there(20);
  for (size_t i = 0; i < there.size(); ++i) there[i] = static_cast<double>(i);
  EXPECT_EQ(minimise(Bowl{1e4}, there, options).iterations, 0);
}

// A gradient that points uphill: no step lowers the value, and the place stays.
TEST(Lbfgs, KeepsThePlaceWhereNothingIsLower) {
  std::vector<double> x = {2};
  const auto wrong = [](std::span<const double> p, std::span<double> g) {
    g[0] = -p[0];
    return p[0] * p[0];
  };
  LbfgsOptions options;
  options.rounding = 0;
  const LbfgsResult r = minimise(wrong, x, options);
  EXPECT_EQ(r.iterations, 0);
  EXPECT_EQ(x[0], 2);
  EXPECT_EQ(r.value, 4);
}

}  // namespace
}  // namespace ax
