#include "adapterx/kernels/elementwise/dropout.h"

#include "adapterx/kernels/row_test.h"

namespace ax {
namespace {

using namespace test;

// Any part of a tensor drops what the whole one drops there.
TEST(Dropout, PartsFollowTheirFirstDraw) {
  for_each_target([] {
    const Rng rng(3, 4, 5);
    const Owned x = random(DType::f32, {1700}, 1, 2), whole(DType::f32, {1700});
    kernels::dropout(rng, 0.4f, x, whole);
    for (const int64_t first : {int64_t{1}, int64_t{3}, int64_t{510}, int64_t{513}}) {
      const Tensor from{x.tensor().f32() + first, DType::f32, {1100}};
      const Owned part(DType::f32, {1100});
      kernels::dropout(rng, 0.4f, from, part, static_cast<uint64_t>(first));
      for (size_t i = 0; i < 1100; ++i) ASSERT_EQ(part[i], whole[static_cast<size_t>(first) + i]) << first;
    }
  });
}

TEST(Dropout, KeepsByTheDefinition) {
  for_each_target([] {
    for (const DType type : kTypes) {
      const Rng rng(0xfedcba9876543210, 5, place_of("blocks.0.drop"));
      const Owned x = random(type, {3, 1111}, 1, 2), y(DType::f32, {3, 1111});
      for (const float rate : {0.3f, rng.uniform(1234), std::nextafter(rng.uniform(1234), 1.0f)}) {
        kernels::dropout(rng, rate, x, y);
        size_t kept = 0;
        for (size_t i = 0; i < 3333; ++i) {
          const bool keep = rng.uniform(i) >= rate;
          kept += keep ? 1u : 0u;
          ASSERT_NEAR(y[i], keep ? x[i] / (1 - rate) : 0.0, 1e-5 * std::abs(x[i]) / (1 - rate)) << i;
        }
        EXPECT_NEAR(static_cast<double>(kept) / 3333, 1 - rate, 0.03);
      }
    }
  });
}

TEST(Dropout, InPlaceAndAnyThreadCount) {
  const Rng rng(1, 2, 3);
  const Owned x = random(DType::bf16, {5003}, 1), y(DType::bf16, {5003}), z = x;
  kernels::dropout(rng, 0.5f, x, y);
  const int threads = thread_count();
  set_thread_count(3);
  kernels::dropout(rng, 0.5f, z, z);
  set_thread_count(threads);
  EXPECT_EQ(y.values(), z.values());
}

TEST(Dropout, RatesZeroAndOne) {
  const Owned x = random(DType::f32, {777}, 1), y(DType::f32, {777});
  kernels::dropout(Rng(1, 2, 3), 0, x, y);
  EXPECT_EQ(x.values(), y.values());
  kernels::dropout(Rng(1, 2, 3), 1, x, y);
  EXPECT_EQ(y.values(), std::vector<double>(777));
}

TEST(Dropout, DropPathFactors) {
  const Rng rng(1, 2, 3);
  const Owned factor(DType::f32, {101});
  kernels::drop_path_factors(rng, 0.2f, factor);
  for (size_t b = 0; b < 101; ++b) ASSERT_EQ(factor[b], rng.uniform(b) >= 0.2f ? 1.0f / (1.0f - 0.2f) : 0.0f);
}

}  // namespace
}  // namespace ax
