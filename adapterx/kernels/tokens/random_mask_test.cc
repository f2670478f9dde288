#include "adapterx/kernels/tokens/random_mask.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "adapterx/base/parallel.h"

namespace ax {
namespace {

struct Mask {
  std::vector<int32_t> visible, masked;
};

Mask draw(int64_t batch, int64_t tokens, int64_t count, uint32_t step = 0) {
  Mask m;
  m.visible.resize(static_cast<size_t>(batch * (tokens - count)));
  m.masked.resize(static_cast<size_t>(batch * count));
  kernels::random_mask(Rng(5, step, 9), batch, tokens, count,
                       {m.visible.data(), DType::i32, {batch, tokens - count}},
                       {m.masked.data(), DType::i32, {batch, count}});
  return m;
}

TEST(RandomMask, CutsTheTokensInTwoAscendingParts) {
  for (const int64_t tokens : {2, 5, 64, 129}) {
    for (const int64_t count : {int64_t{1}, tokens / 2, tokens * 3 / 5, tokens - 1}) {
      const Mask m = draw(13, tokens, count);
      for (int64_t b = 0; b < 13; ++b) {
        const auto part = [&](const std::vector<int32_t>& all, int64_t n) {
          return std::vector<int32_t>(all.begin() + b * n, all.begin() + (b + 1) * n);
        };
        std::vector<int32_t> all = part(m.visible, tokens - count), hidden = part(m.masked, count);
        EXPECT_TRUE(std::is_sorted(all.begin(), all.end()));
        EXPECT_TRUE(std::is_sorted(hidden.begin(), hidden.end()));
        all.insert(all.end(), hidden.begin(), hidden.end());
        std::sort(all.begin(), all.end());
        for (int64_t t = 0; t < tokens; ++t) ASSERT_EQ(all[static_cast<size_t>(t)], t);
      }
    }
  }
}

// 10 choices of 3 of 5 tokens, 20,000 draws: a share differs from 1/10 by 5 standard deviations at most.
TEST(RandomMask, EveryChoiceIsEquallyLikely) {
  constexpr int kDraws = 20000;
  const Mask m = draw(kDraws, 5, 3);
  std::map<std::vector<int32_t>, int> seen;
  for (auto i = m.masked.begin(); i != m.masked.end(); i += 3) ++seen[{i, i + 3}];
  EXPECT_EQ(seen.size(), 10u);
  for (const auto& [choice, times] : seen) EXPECT_NEAR(times, kDraws / 10, 5 * std::sqrt(kDraws * 0.09));
}

TEST(RandomMask, EveryTokenIsMaskedAboutEquallyOften) {
  constexpr int kDraws = 5000;
  const Mask m = draw(kDraws, 64, 38);
  std::vector<int> times(64);
  for (const int32_t t : m.masked) ++times[static_cast<size_t>(t)];
  const double share = 38.0 / 64;
  for (const int n : times) EXPECT_NEAR(n, kDraws * share, 5 * std::sqrt(kDraws * share * (1 - share)));
}

TEST(RandomMask, OfStepAndSampleAlone) {
  const Mask one = draw(40, 64, 38);
  {
    const ThreadCount threads(3);
    EXPECT_EQ(draw(40, 64, 38).masked, one.masked);
  }
  const Mask fewer = draw(9, 64, 38);  // a smaller batch begins with the same samples
  EXPECT_TRUE(std::equal(fewer.masked.begin(), fewer.masked.end(), one.masked.begin()));
  EXPECT_NE(draw(40, 64, 38, 1).masked, one.masked);
}

}  // namespace
}  // namespace ax
