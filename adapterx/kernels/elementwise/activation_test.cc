#include "adapterx/kernels/elementwise/activation.h"

#include "adapterx/kernels/row_test.h"
#include "adapterx/kernels/twin/activation.h"

namespace ax {
namespace {

using namespace test;

constexpr Activation kAll[] = {Activation::none, Activation::relu, Activation::gelu_erf,
                               Activation::gelu_tanh, Activation::quick_gelu};

// Points from -30 to 30, dense around 0 and none at the kink of relu; a prime number of them.
Owned points(DType dtype) {
  constexpr int64_t kCount = 6007;
  Owned x(dtype, {kCount});
  for (size_t i = 0; i < kCount; ++i) {
    const double u = (static_cast<double>(i) + 0.3) / kCount * 2 - 1;
    x.set(i, 30 * u * u * u);
  }
  return x;
}

double slope(Activation act, double x) {
  constexpr double kStep = 1e-5;
  if (act == Activation::relu) return x > 0;
  return (twin::activate(act, x + kStep) - twin::activate(act, x - kStep)) / (2 * kStep);
}

TEST(Activation, MatchesTwin) {
  for_each_target([] {
    for (const Activation act : kAll) {
      for (const DType in : kTypes) {
        for (const DType out : kTypes) {
          const Owned x = points(in), y(out, x.tensor().shape);
          kernels::activate(act, x, y);
          for (size_t i = 0; i < static_cast<size_t>(x.tensor().size()); ++i) {
            const double want = twin::activate(act, x[i]);
            const double rounding = out == DType::bf16 ? std::abs(want) / 256 : 0;
            ASSERT_NEAR(y[i], want, 2e-7 * std::max(1.0, std::abs(x[i])) + rounding)
                << to_string(act) << x[i];
          }
        }
      }
    }
  });
}

TEST(Activation, GradMatchesDifferencesOfTwin) {
  for_each_target([] {
    for (const Activation act : kAll) {
      for (const DType type : kTypes) {
        const Owned x = points(type), dy = random(DType::f32, x.tensor().shape, 1),
                    dx(type, x.tensor().shape);
        kernels::activate_grad(act, x, dy, dx);
        std::vector<double> want = x.values();
        for (size_t i = 0; i < want.size(); ++i) want[i] = slope(act, want[i]) * dy[i];
        SCOPED_TRACE(to_string(act));
        expect_near(dx, want, 2e-6);
      }
    }
  });
}

TEST(Activation, InPlace) {
  const Owned x = points(DType::bf16), dy = random(DType::bf16, x.tensor().shape, 1);
  const Owned y(DType::bf16, x.tensor().shape), dx(DType::bf16, x.tensor().shape);
  kernels::activate(Activation::gelu_erf, x, y);
  kernels::activate_grad(Activation::gelu_erf, x, dy, dx);
  const Owned x_copy = x, dy_copy = dy;
  kernels::activate_grad(Activation::gelu_erf, x_copy, dy_copy, dy_copy);
  kernels::activate(Activation::gelu_erf, x_copy, x_copy);
  EXPECT_EQ(x_copy.values(), y.values());
  EXPECT_EQ(dy_copy.values(), dx.values());
}

TEST(Activation, NanStaysNan) {
  for_each_target([] {
    for (const Activation act : kAll) {
      const Owned x(DType::bf16, {3}, {1, NAN, 2}), y(DType::bf16, {3});
      kernels::activate(act, x, y);
      EXPECT_TRUE(std::isnan(y[1])) << to_string(act);
      EXPECT_FALSE(std::isnan(y[2])) << to_string(act);
    }
  });
}

// Beyond the ends of the fits: x and 1 for large x, next to 0 for very negative ones.
TEST(Activation, FarFromZero) {
  for_each_target([] {
    const Owned x(DType::f32, {4}, {-1e4, -7, 7, 1e4}), one(DType::f32, {4}, {1, 1, 1, 1}),
        y(DType::f32, {4});
    for (const Activation act : {Activation::gelu_erf, Activation::gelu_tanh, Activation::quick_gelu}) {
      kernels::activate(act, x, y);
      EXPECT_NEAR(y[0] / 1e4, 0, 1e-7) << to_string(act);
      EXPECT_NEAR(y[3] / 1e4, 1, 1e-7) << to_string(act);
      kernels::activate_grad(act, x, one, y);
      EXPECT_NEAR(y[0], 0, 1e-6) << to_string(act);
      EXPECT_NEAR(y[3], 1, 1e-6) << to_string(act);
    }
  });
}

TEST(Activation, ConvertsToBf16AsBase) {
  for_each_target([] {
    Owned x(DType::f32, {4096});
    const Rng rng(3, 0, 0);
    for (uint64_t i = 0; i < 4096; ++i) x.tensor().f32()[i] = std::bit_cast<float>(rng.bits(i));
    for (uint32_t i = 0; i < 1024; ++i) x.tensor().f32()[i] = std::bit_cast<float>(0x3f7fff00u + (i << 7));
    const Owned y(DType::bf16, {4096});
    kernels::activate(Activation::none, x, y);
    for (size_t i = 0; i < 4096; ++i) {
      ASSERT_EQ(y.tensor().bf16()[i].bits, to_bf16(x.tensor().f32()[i]).bits) << x[i];
    }
  });
}

}  // namespace
}  // namespace ax
