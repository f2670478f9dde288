#include "adapterx/kernels/optimizer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "adapterx/base/parallel.h"
#include "adapterx/base/rng.h"
#include "adapterx/kernels/twin/optimizer.h"

namespace ax::kernels {
namespace {

std::vector<float> normals(int64_t n, uint32_t step) {
  std::vector<float> out(static_cast<size_t>(n));
  Rng(3, step, place_of("optimizer")).fill_normal(out, 0, 1);
  return out;
}

std::vector<double> widened(const std::vector<float>& x) { return {x.begin(), x.end()}; }

void expect_near(const std::vector<float>& got, const std::vector<double>& want) {
  for (size_t i = 0; i < got.size(); ++i) {
    ASSERT_NEAR(static_cast<double>(got[i]), want[i], 1e-5 * (1 + std::abs(want[i])))
        << i << " of " << got.size();
  }
}

double d(float x) { return static_cast<double>(x); }

// Sizes with tails of every kind, and one above the grain of the threads.
const std::vector<int64_t> kSizes = {1, 2, 15, 16, 17, 100, 9001};

TEST(AdamWTest, MatchesTwinOverSteps) {
  for (const int64_t n : kSizes) {
    AdamW a{
        .lr = 0.03f, .beta1 = 0.8f, .beta2 = 0.95f, .eps = 1e-3f, .weight_decay = 0.1f, .grad_scale = 0.5f};
    auto p = normals(n, 0);
    std::vector<float> m(p.size()), v(p.size());
    auto pt = widened(p), mt = widened(m), vt = widened(v);
    for (a.step = 1; a.step <= 7; ++a.step) {
      const auto g = normals(n, static_cast<uint32_t>(a.step));
      adamw(a, p, g, m, v);
      for (size_t i = 0; i < p.size(); ++i) {
        twin::adamw(d(a.lr), d(a.beta1), d(a.beta2), d(a.eps), d(a.weight_decay), a.step, 0.5 * d(g[i]),
                    pt[i], mt[i], vt[i]);
      }
    }
    expect_near(p, pt);
    expect_near(m, mt);
    expect_near(v, vt);
  }
}

// With a constant gradient the bias-corrected moments are g and g^2 at every step, so each step moves p by
// lr * g / (|g| + eps) after the decay p *= 1 - lr * wd.
TEST(AdamWTest, ConstantGradientClosedForm) {
  AdamW a{.lr = 0.01f, .eps = 0.5f, .weight_decay = 0.2f, .grad_scale = 2};
  std::vector<float> p{1.f, -3.f, 0.f}, m(3), v(3);
  const std::vector<float> grad{0.25f, -2.f, 0.f};
  std::vector<double> want{1, -3, 0};
  for (a.step = 1; a.step <= 20; ++a.step) {
    adamw(a, p, grad, m, v);
    for (size_t i = 0; i < 3; ++i) {
      const double g = 2 * d(grad[i]);
      want[i] = want[i] * (1 - 0.01 * 0.2) - 0.01 * g / (std::abs(g) + 0.5);
    }
  }
  expect_near(p, want);
}

TEST(SgdTest, MatchesTwinOverSteps) {
  for (const int64_t n : kSizes) {
    for (const bool nesterov : {false, true}) {
      const Sgd a{
          .lr = 0.05f, .momentum = 0.7f, .weight_decay = 0.01f, .nesterov = nesterov, .grad_scale = 3};
      auto p = normals(n, 0);
      std::vector<float> v(p.size());
      auto pt = widened(p), vt = widened(v);
      for (uint32_t step = 1; step <= 5; ++step) {
        const auto g = normals(n, step);
        sgd(a, p, g, v);
        for (size_t i = 0; i < p.size(); ++i) {
          twin::sgd(d(a.lr), d(a.momentum), d(a.weight_decay), nesterov, 3 * d(g[i]), pt[i], vt[i]);
        }
      }
      expect_near(p, pt);
      expect_near(v, vt);
    }
  }
}

TEST(SquaredNorm, ExactOnSmallIntegers) {
  for (const int64_t n : {0, 1, 16, 37, 4096, 4097, 100003, 2000001}) {
    std::vector<float> x(static_cast<size_t>(n));
    double want = 0;
    for (int64_t i = 0; i < n; ++i) {
      x[i] = static_cast<float>(i % 13 - 6);
      want += d(x[i]) * d(x[i]);
    }
    EXPECT_EQ(squared_norm(x), want) << n;
  }
}

TEST(SquaredNorm, SameBitsForAnyThreadCount) {
  const auto x = normals(123457, 1);
  const int threads = thread_count();
  set_thread_count(1);
  const double one = squared_norm(x);
  set_thread_count(3);
  const double three = squared_norm(x);
  set_thread_count(threads);
  EXPECT_EQ(one, three);
  EXPECT_NEAR(one / 123457, 1, 0.02);
}

}  // namespace
}  // namespace ax::kernels
