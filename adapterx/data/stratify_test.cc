#include "adapterx/data/stratify.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "adapterx/base/error.h"

namespace ax {
namespace {

TEST(Stratify, KeepsShares) {
  std::vector<int32_t> labels;
  const int sizes[] = {100, 10, 1, 0, 39};
  for (int32_t c = 0; c < 5; ++c) labels.insert(labels.end(), static_cast<size_t>(sizes[c]), c);
  for (int64_t count = 0; count <= 150; ++count) {
    const std::vector<int64_t> drawn = stratified_draw(labels, 5, count, 1, "test");
    ASSERT_EQ(drawn.size(), static_cast<size_t>(count));
    EXPECT_TRUE(std::ranges::is_sorted(drawn));
    EXPECT_EQ(std::ranges::adjacent_find(drawn), drawn.end());
    for (int32_t c = 0; c < 5; ++c) {
      const auto got =
          std::ranges::count_if(drawn, [&](int64_t i) { return labels[static_cast<size_t>(i)] == c; });
      EXPECT_NEAR(static_cast<double>(got), static_cast<double>(count) * sizes[c] / 150, 1)
          << c << " of " << count;
    }
  }
  EXPECT_THROW(stratified_draw(labels, 5, 151, 1, "test"), Error);
  EXPECT_THROW(stratified_draw(labels, 5, -1, 1, "test"), Error);
  EXPECT_NE(stratified_draw(labels, 5, 50, 1, "test"), stratified_draw(labels, 5, 50, 2, "test"));
  EXPECT_NE(stratified_draw(labels, 5, 50, 1, "test"), stratified_draw(labels, 5, 50, 1, "other"));
}

TEST(Shuffled, IsAnEvenPermutation) {
  // Each position's mean over many shuffles is the middle.
  std::vector<double> mean(20, 0);
  for (uint32_t step = 0; step < 2000; ++step) {
    std::vector<int64_t> order = shuffled(20, 7, step, "test");
    for (size_t i = 0; i < 20; ++i) mean[i] += static_cast<double>(order[i]) / 2000;
    std::ranges::sort(order);
    for (size_t i = 0; i < 20; ++i) ASSERT_EQ(order[i], static_cast<int64_t>(i));
  }
  for (const double m : mean) EXPECT_NEAR(m, 9.5, 0.6);
  EXPECT_TRUE(shuffled(0, 1, 1, "test").empty());
}

}  // namespace
}  // namespace ax
