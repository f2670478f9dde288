#include "adapterx/base/rng.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "adapterx/base/parallel.h"

namespace ax {
namespace {

using Block = std::array<uint32_t, 4>;

// Known-answer vectors of Random123 (kat_vectors, philox4x32-10).
TEST(Rng, PhiloxKnownAnswers) {
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}), (Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  constexpr uint32_t kOnes = 0xffffffff;
  EXPECT_EQ(philox({kOnes, kOnes, kOnes, kOnes}, {kOnes, kOnes}),
            (Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Rng, CounterAndKeyLayout) {
  const Rng rng(0x299f31d0a4093822, 0x13198a2e, 0x03707344);
  const uint64_t block = 0x85a308d3243f6a88;
  EXPECT_EQ(rng.block(block), (Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
  const Rng other(1, 2, 3);
  for (uint64_t i = 0; i < 16; ++i) EXPECT_EQ(other.bits(i), other.block(i / 4)[i % 4]);
}

TEST(Rng, UniformIsUniform) {
  constexpr size_t kDraws = 1 << 18, kBins = 64;
  std::vector<float> u(kDraws);
  Rng(1, 0, place_of("test")).fill_uniform(u, 0, 1);
  std::vector<double> bins(kBins);
  for (const float x : u) {
    ASSERT_GE(x, 0);
    ASSERT_LT(x, 1);
    bins[static_cast<size_t>(x * kBins)] += 1;
  }
  double chi2 = 0;
  for (const double n : bins) chi2 += (n - 4096) * (n - 4096) / 4096;  // 63 degrees of freedom
  EXPECT_GT(chi2, 30);
  EXPECT_LT(chi2, 110);
}

TEST(Rng, NormalMoments) {
  constexpr size_t kDraws = 1 << 17;
  std::vector<float> z(kDraws);
  Rng(1, 0, 0).fill_normal(z, 2, 3);
  double mean = 0, var = 0;
  for (const float x : z) mean += x / kDraws;
  for (const float x : z) var += (x - mean) * (x - mean) / kDraws;
  EXPECT_NEAR(mean, 2, 0.04);
  EXPECT_NEAR(var, 9, 0.15);
}

TEST(Rng, FillIsIndependentOfThreadCount) {
  constexpr size_t kDraws = 100003;
  std::vector<float> one(kDraws), three(kDraws);
  const Rng rng(9, 8, 7);
  const int threads = thread_count();
  set_thread_count(1);
  rng.fill_uniform(one, 0, 1);
  set_thread_count(3);
  rng.fill_uniform(three, 0, 1);
  EXPECT_EQ(one, three);
  rng.fill_normal(three, 0, 1);
  set_thread_count(1);
  rng.fill_normal(one, 0, 1);
  EXPECT_EQ(one, three);
  set_thread_count(threads);
  for (const size_t i : {0u, 1u, 16383u, 16384u, 100002u}) EXPECT_EQ(one[i], rng.normal(i));
}

TEST(Rng, SeedStepAndPlaceMakeStreams) {
  const uint32_t base = Rng(1, 2, 3).bits(0);
  EXPECT_NE(Rng(4, 2, 3).bits(0), base);
  EXPECT_NE(Rng(uint64_t{1} << 32 | 1, 2, 3).bits(0), base);
  EXPECT_NE(Rng(1, 4, 3).bits(0), base);
  EXPECT_NE(Rng(1, 2, 4).bits(0), base);
  EXPECT_NE(place_of("blocks.0"), place_of("blocks.1"));
}

}  // namespace
}  // namespace ax
