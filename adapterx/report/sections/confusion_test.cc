#include "adapterx/report/sections/confusion.h"

#include <gtest/gtest.h>

namespace ax {
namespace {

const Confusion kConfusion = {{"a", "b", "c", "none"},
                              {8, 2, 0, 0,  //
                               1, 3, 6, 0,  //
                               0, 0, 5, 0,  //
                               0, 0, 0, 0}};

TEST(Confusion, ClassesStandWorstFirst) {
  const std::vector<ClassResult> results = worst_first(kConfusion);
  ASSERT_EQ(results.size(), 4u);
  EXPECT_EQ(results[0].index, 1u);
  EXPECT_EQ(results[0].images, 10);
  EXPECT_EQ(results[0].right, 3);
  EXPECT_EQ(results[0].wrong_class, 2u);
  EXPECT_EQ(results[0].wrong_images, 6);
  EXPECT_EQ(results[1].index, 0u);
  EXPECT_EQ(results[2].index, 2u);
  EXPECT_EQ(results[2].wrong_images, 0);
  EXPECT_EQ(results[3].index, 3u) << "no images: last";
}

TEST(Confusion, PairsStandByImages) {
  const std::vector<ConfusedPair> pairs = most_confused(kConfusion, 10);
  ASSERT_EQ(pairs.size(), 3u);
  EXPECT_EQ(pairs[0].truth, 1u);
  EXPECT_EQ(pairs[0].predicted, 2u);
  EXPECT_EQ(pairs[0].images, 6);
  EXPECT_DOUBLE_EQ(pairs[0].share, 0.6);
  EXPECT_EQ(pairs[1].images, 2);
  EXPECT_EQ(pairs[2].images, 1);
  EXPECT_EQ(most_confused(kConfusion, 2).size(), 2u);
}

}  // namespace
}  // namespace ax
