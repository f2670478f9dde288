#include "adapterx/kernels/matrix/tile_gemm.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <vector>

#include "adapterx/base/cpu.h"
#include "adapterx/base/rng.h"

namespace ax::kernels {
namespace {

using Units = std::vector<uint32_t>;

// Random units: f32, or pairs of bf16.
Units random_units(DType dtype, int64_t n, uint32_t place) {
  std::vector<float> x(static_cast<size_t>(2 * n));
  Rng(5, 0, place).fill_normal(x, 0, 1);
  Units units;
  for (size_t i = 0; i < x.size(); i += 2) {
    const uint32_t high = to_bf16(x[i + 1]).bits;
    units.push_back(dtype == DType::f32 ? std::bit_cast<uint32_t>(x[i]) : high << 16 | to_bf16(x[i]).bits);
  }
  return units;
}

double product(DType dtype, uint32_t a, uint32_t b) {
  const auto value = [](uint32_t bits) { return static_cast<double>(std::bit_cast<float>(bits)); };
  if (dtype == DType::f32) return value(a) * value(b);
  return value(a << 16) * value(b << 16) + value(a & 0xffff0000u) * value(b & 0xffff0000u);
}

// c (+)= a b against the definition, a by rows or by columns.
void check(DType dtype, int64_t m, int64_t n, int64_t units, bool by_columns, bool accumulate) {
  SCOPED_TRACE(testing::Message() << to_string(dtype) << " m " << m << " n " << n << " units " << units
                                  << (by_columns ? " by columns" : "") << (accumulate ? " accumulate" : ""));
  const int64_t a_row = by_columns ? 1 : units + 3, a_unit = by_columns ? m + 3 : 1;
  const int64_t width = padded(n), c_row = width + kTileLanes;
  const Units a = random_units(dtype, (m + 3) * (units + 3), 1), b = random_units(dtype, units * width, 2);
  const float old = accumulate ? 0.5f : 0.0f;
  std::vector<float> c(static_cast<size_t>((m + 1) * c_row), accumulate ? old : std::nanf(""));
  constexpr float kFence = 1234;
  std::fill(c.begin() + m * c_row, c.end(), kFence);
  tile_gemm({dtype, m, n, units, a.data(), a_row, a_unit, b.data(), width, c.data(), c_row, accumulate});
  for (int64_t i = 0; i < m; ++i) {
    for (int64_t j = 0; j < n; ++j) {
      double want = old, size = 1;
      for (int64_t u = 0; u < units; ++u) {
        const double x = product(dtype, a[i * a_row + u * a_unit], b[u * width + j]);
        want += x;
        size += std::abs(x);
      }
      ASSERT_NEAR(c[i * c_row + j], want, 1e-6 * size) << i << ", " << j;
    }
  }
  for (int64_t j = 0; j < c_row; ++j) ASSERT_EQ(c[m * c_row + j], kFence) << "row past the end written";
}

void check_sizes(DType dtype) {
  for (const int64_t m : {1, 2, 3, 4, 5, 6, 7, 13, 31}) {
    for (const int64_t n : {1, 16, 17, 33, 50, 64, 65, 130}) {
      for (const int64_t units : {1, 7, 64}) {
        check(dtype, m, n, units, false, false);
        check(dtype, m, n, units, true, true);
      }
    }
  }
}

TEST(TileGemm, F32) { check_sizes(DType::f32); }
TEST(TileGemm, Bf16) { check_sizes(DType::bf16); }
TEST(TileGemm, EmulatedBf16) {
  internal::allow_native_bf16(false);
  EXPECT_FALSE(internal::native_bf16());
  check_sizes(DType::bf16);
  internal::allow_native_bf16(true);
  EXPECT_EQ(internal::native_bf16(), cpu_features().avx512_bf16);
}

}  // namespace
}  // namespace ax::kernels
