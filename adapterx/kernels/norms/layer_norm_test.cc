#include "adapterx/kernels/norms/layer_norm.h"

#include <complex>

#include "adapterx/kernels/row_test.h"
#include "adapterx/kernels/twin/layer_norm.h"

namespace ax {
namespace {

using namespace test;
using Complex = std::complex<double>;

struct Case {
  DType type;  // of branch, xhat, y and gradients
  DType residual;
  int64_t d;
};

template <class Body>
void for_each_case(const Body& body) {
  for_each_target([&] {
    for (const DType type : kTypes) {
      for (const DType residual : kTypes) {
        for (const int64_t d : {1, 5, 16, 197, 1000, 5003}) {
          SCOPED_TRACE(d);
          body(Case{type, residual, d});
        }
      }
    }
  });
}

// xhat of the given sums, by the twin.
std::vector<double> twin_xhat(const std::vector<double>& sum, int64_t d, std::vector<double>& rstd) {
  std::vector<double> xhat(sum.size());
  const auto n = static_cast<size_t>(d);
  for (size_t r = 0; r < sum.size() / n; ++r) {
    rstd.push_back(twin::normalise(n, sum.data() + r * n, 1e-6, xhat.data() + r * n));
  }
  return xhat;
}

std::vector<double> affine(std::vector<double> x, const Owned& weight, const Owned& bias, int64_t d) {
  for (size_t i = 0; i < x.size(); ++i) {
    const size_t j = i % static_cast<size_t>(d);
    x[i] = x[i] * weight[j] + bias[j];
  }
  return x;
}

TEST(LayerNorm, MatchesTwin) {
  for_each_case([](const Case& c) {
    const Shape shape{2, 3, c.d};
    const Owned x = random(c.residual, shape, 1, 0.5), branch = random(c.type, shape, 2);
    const Owned weight = random(DType::f32, {c.d}, 3), bias = random(DType::f32, {c.d}, 4);
    const Owned factor(DType::f32, {2}, {1.25, 0});
    const Owned sum(c.residual, shape), xhat(c.type, shape), y(c.type, shape), rstd(DType::f32, {6});
    kernels::LayerNorm a;
    a.x = x;
    a.branch = branch;
    a.row_scale = factor;
    a.weight = weight;
    a.bias = bias;
    a.sum = sum;
    a.xhat = xhat;
    a.rstd = rstd;
    a.y = y;
    kernels::layer_norm(a);
    std::vector<double> want = x.values(), want_rstd;
    for (size_t i = 0; i < want.size(); ++i) want[i] += factor[i / (want.size() / 2)] * branch[i];
    expect_near(sum, want, 1e-6);
    const std::vector<double> want_xhat = twin_xhat(sum.values(), c.d, want_rstd);
    // A row of one element is all rounding: xhat is 0, rstd 1 / sqrt(eps).
    expect_near(xhat, want_xhat, 1e-5);
    expect_near(rstd, want_rstd, 1e-5);
    expect_near(y, affine(want_xhat, weight, bias, c.d), 1e-5);
  });
}

TEST(LayerNorm, WithoutSumRecomputesIt) {
  for_each_case([](const Case& c) {
    const Shape shape{3, c.d};
    const Owned x = random(c.residual, shape, 1), branch = random(c.type, shape, 2), y(c.type, shape);
    kernels::LayerNorm a;
    a.x = x;
    a.branch = branch;
    a.y = y;
    kernels::layer_norm(a);
    std::vector<double> sum = x.values(), rstd;
    for (size_t i = 0; i < sum.size(); ++i) sum[i] += branch[i];
    expect_near(y, twin_xhat(sum, c.d, rstd), 1e-5);
  });
}

TEST(LayerNorm, MeanFarLargerThanStd) {
  for_each_target([] {
    const Shape shape{4, 768};
    const Owned x = random(DType::f32, shape, 1, 1000, 1), xhat(DType::f32, shape), rstd(DType::f32, {4});
    kernels::LayerNorm a;
    a.x = x;
    a.xhat = xhat;
    a.rstd = rstd;
    kernels::layer_norm(a);
    std::vector<double> want_rstd;
    expect_near(xhat, twin_xhat(x.values(), 768, want_rstd), 2e-6);
    expect_near(rstd, want_rstd, 1e-6);
  });
}

// The row's leading elements, from which the shift is taken, far from the rest.
TEST(LayerNorm, OutliersInFront) {
  for_each_target([] {
    const Shape shape{2, 768};
    Owned x = random(DType::f32, shape, 1);
    for (size_t i = 0; i < 16; ++i) x.set(i, 300 + x[i]);
    x.set(768, -1000);
    const Owned xhat(DType::f32, shape), rstd(DType::f32, {2});
    kernels::LayerNorm a;
    a.x = x;
    a.xhat = xhat;
    a.rstd = rstd;
    kernels::layer_norm(a);
    std::vector<double> want_rstd;
    expect_near(xhat, twin_xhat(x.values(), 768, want_rstd), 5e-5);
  });
}

TEST(LayerNorm, SameBitsEveryRun) {
  const Shape shape{37, 197};
  const Owned x = random(DType::f32, shape, 1), a(DType::f32, shape), b(DType::f32, shape);
  kernels::LayerNorm first;
  first.x = x;
  first.y = a;
  kernels::layer_norm(first);
  const int threads = thread_count();
  set_thread_count(3);
  kernels::LayerNorm second;
  second.x = x;
  second.y = b;
  kernels::layer_norm(second);
  set_thread_count(threads);
  EXPECT_EQ(a.values(), b.values());
}

// d/dx of sum_i g_i xhat_i of one row, by a complex step.
std::vector<double> step_grad(const std::vector<double>& x, const std::vector<double>& g) {
  constexpr double kStep = 1e-30;
  const size_t d = x.size();
  std::vector<double> dx(d);
  for (size_t i = 0; i < d; ++i) {
    std::vector<Complex> z(x.begin(), x.end()), xhat(d);
    z[i] += Complex(0, kStep);
    twin::normalise(d, z.data(), 1e-6, xhat.data());
    for (size_t j = 0; j < d; ++j) dx[i] += g[j] * xhat[j].imag() / kStep;
  }
  return dx;
}

TEST(LayerNormGrad, MatchesComplexStep) {
  for_each_target([] {
    for (const DType type : kTypes) {
      for (const DType residual : kTypes) {
        for (const int64_t d : {2, 16, 97}) {
          const Shape shape{2, d};
          const auto n = static_cast<size_t>(d);
          const Owned x = random(DType::f32, shape, 1), dy = random(type, shape, 2),
                      weight = random(DType::f32, {d}, 3);
          const Owned carry = random(residual, shape, 4), factor(DType::f32, {2}, {2, 0.5});
          std::vector<double> rstd_values;
          const Owned xhat(DType::f32, shape, twin_xhat(x.values(), d, rstd_values));
          const Owned rstd(DType::f32, {2}, rstd_values), dx(residual, shape), branch(type, shape);
          kernels::LayerNormGrad a;
          a.dy = dy;
          a.xhat = xhat;
          a.rstd = rstd;
          a.weight = weight;
          a.carry = carry;
          a.row_scale = factor;
          a.dx = dx;
          a.branch = branch;
          kernels::layer_norm_grad(a);
          std::vector<double> want, want_branch;
          for (size_t r = 0; r < 2; ++r) {
            std::vector<double> row_x(n), g(n);
            for (size_t j = 0; j < n; ++j) row_x[j] = x[r * n + j], g[j] = dy[r * n + j] * weight[j];
            const std::vector<double> grad = step_grad(row_x, g);
            for (size_t j = 0; j < n; ++j) {
              want.push_back(grad[j] + carry[r * n + j]);
              want_branch.push_back(factor[r] * want.back());
            }
          }
          const double tolerance = d == 2 ? 1e-3 : 2e-5;  // two elements: xhat is +-1, the gradient cancels
          expect_near(dx, want, tolerance);
          expect_near(branch, want_branch, 2 * tolerance);

          const Owned in_place = carry;
          kernels::LayerNormGrad again;
          again.dy = dy;
          again.xhat = xhat;
          again.rstd = rstd;
          again.weight = weight;
          again.carry = in_place;
          again.dx = in_place;
          kernels::layer_norm_grad(again);
          EXPECT_EQ(in_place.values(), dx.values());
        }
      }
    }
  });
}

}  // namespace
}  // namespace ax
