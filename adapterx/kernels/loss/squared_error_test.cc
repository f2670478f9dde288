#include "adapterx/kernels/loss/squared_error.h"

#include <complex>

#include "adapterx/kernels/row_test.h"
#include "adapterx/kernels/twin/squared_error.h"

namespace ax {
namespace {

using namespace test;
using Complex = std::complex<double>;

double loss_of(const Owned& predicted, const Owned& target) {
  const Owned loss(DType::f32, {});
  std::vector<std::byte> scratch(kernels::squared_error_scratch(predicted.tensor().size()));
  kernels::squared_error(predicted, target, loss, scratch.data());
  return loss[0];
}

// Of one element or more, within a block of sums, on its edge and beyond.
TEST(SquaredError, LossAndGradientAreTheTwins) {
  for_each_target([] {
    for (const int64_t size : {1, 37, 1024, 1025, 3 * 1024 + 5}) {
      const Owned p = random(DType::f32, {size}, 1, 0.3), t = random(DType::f32, {size}, 2);
      const std::vector<double> x = p.values(), want = t.values();
      EXPECT_NEAR(loss_of(p, t), twin::squared_error(x.data(), want.data(), x.size()), 1e-5) << size;

      std::vector<Complex> z(x.begin(), x.end());
      std::vector<double> gradient(x.size());
      for (size_t i = 0; i < x.size(); i += 7) {
        z[i] += Complex(0, 1e-30);
        gradient[i] = 0.7 * twin::squared_error(z.data(), want.data(), x.size()).imag() * 1e30;
        z[i] = x[i];
      }
      const Owned upstream(DType::f32, {}, {0.7});
      Owned d(DType::f32, {size});
      kernels::squared_error_grad(p, t, upstream, d);
      for (size_t i = 0; i < x.size(); i += 7) ASSERT_NEAR(d[i], gradient[i], 1e-6 * std::abs(gradient[i]));
      kernels::squared_error_grad(p, t, upstream, p);
      EXPECT_EQ(p.values(), d.values());
    }
  });
}

// torch.nn.functional.mse_loss.
TEST(SquaredError, ByHand) {
  const Owned p(DType::f32, {2, 2}, {1, 2, 3, 4}), t(DType::f32, {2, 2}, {1, 0, 3.5, 4});
  EXPECT_FLOAT_EQ(static_cast<float>(loss_of(p, t)), 4.25f / 4);
  EXPECT_EQ(loss_of(p, p), 0);
}

TEST(SquaredError, AnyThreadCountGivesTheSameBits) {
  const Owned p = random(DType::f32, {70'001}, 1), t = random(DType::f32, {70'001}, 2);
  const auto at = [&](int threads) {
    const ThreadCount count(threads);
    return loss_of(p, t);
  };
  EXPECT_EQ(at(1), at(3));
}

TEST(SquaredError, NanShows) {
  for_each_target([] {
    const Owned p(DType::f32, {3}, {1, NAN, 2}), t(DType::f32, {3});
    EXPECT_TRUE(std::isnan(loss_of(p, t)));
  });
}

}  // namespace
}  // namespace ax
