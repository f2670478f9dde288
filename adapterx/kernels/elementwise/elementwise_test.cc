#include "adapterx/kernels/elementwise/elementwise.h"

#include "adapterx/kernels/row_test.h"
#include "adapterx/kernels/twin/elementwise.h"

namespace ax {
namespace {

using namespace test;

TEST(Elementwise, AddAndMultiplyBroadcast) {
  for_each_target([] {
    for (const DType ta : kTypes) {
      for (const DType tb : kTypes) {
        for (const DType ty : kTypes) {
          for (const int64_t period : {1, 10, 197, 768, 9001}) {
            const Owned a = random(ta, {7, period}, 1), b = random(tb, {period}, 2), y(ty, {7, period});
            kernels::add(a, b, -0.75f, y);
            expect_near(y, twin::add(a.values(), b.values(), -0.75), 1e-6);
            kernels::multiply(a, b, y);
            expect_near(y, twin::multiply(a.values(), b.values()), 1e-6);
          }
        }
      }
    }
  });
}

TEST(Elementwise, InPlace) {
  for (const int64_t n : {5, 9001}) {
    const Owned a = random(DType::f32, {n}, 1), b = random(DType::f32, {n}, 2), y = b;
    kernels::add(a, y, 2, y);
    expect_near(y, twin::add(a.values(), b.values(), 2.0), 1e-6);
    kernels::scale(y, -1, y);
    EXPECT_NEAR(y[0], -(a[0] + 2 * b[0]), 1e-6);
  }
}

TEST(Elementwise, ScaleConvertsAndKeepsValues) {
  for_each_target([] {
    const Owned x = random(DType::f32, {8209}, 1), half(DType::bf16, {8209}), back(DType::f32, {8209});
    kernels::scale(x, 1, half);
    kernels::scale(half, 1, back);
    for (size_t i = 0; i < 8209; ++i) {
      ASSERT_EQ(half.tensor().bf16()[i].bits, to_bf16(x.tensor().f32()[i]).bits);
      ASSERT_EQ(back[i], half[i]);
    }
    kernels::scale(half, 0.25f, back);
    for (size_t i = 0; i < 8209; ++i) ASSERT_EQ(back[i], 0.25 * half[i]);
  });
}

TEST(Elementwise, ScaleSamples) {
  for (const DType type : kTypes) {
    const Owned x = random(type, {5, 13, 101}, 1), factor(DType::f32, {5}, {0, 1, 2, -0.5, 1.25});
    const Owned y(type, {5, 13, 101});
    kernels::scale_samples(x, factor, y);
    expect_near(y, twin::scale_samples(x.values(), factor.values()), 1e-6);
  }
}

TEST(Elementwise, ColumnSums) {
  for_each_target([] {
    for (const DType type : kTypes) {
      for (const int64_t n : {1, 7, 130, 768, 5003}) {
        for (const int64_t rows : {1, 61}) {
          const auto size = static_cast<size_t>(n);
          const Owned x = random(type, {rows, n}, 1), z = random(DType::f32, {rows, n}, 2);
          const Owned sum(DType::f32, {n}), dot(DType::f32, {n}, std::vector<double>(size, 3));
          std::vector<std::byte> scratch(kernels::column_sum_scratch(n), std::byte{0x7f});
          kernels::column_sum(x, sum, scratch.data());
          kernels::column_dot(x, z, dot, scratch.data());
          const std::vector<double> ones(x.values().size(), 1);
          expect_near(sum, twin::column_dot(x.values(), ones, size), 1e-5);
          std::vector<double> want = twin::column_dot(x.values(), z.values(), size);
          for (double& v : want) v += 3;
          expect_near(dot, want, 1e-5);
        }
      }
    }
  });
}

TEST(Elementwise, EmptyTensors) {
  const Owned x(DType::f32, {0, 3}), b(DType::f32, {3}), y(DType::f32, {0, 3});
  kernels::add(x, b, 1, y);
  kernels::scale(x, 2, y);
}

}  // namespace
}  // namespace ax
