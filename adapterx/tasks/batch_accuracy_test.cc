#include "adapterx/tasks/batch_accuracy.h"

#include <gtest/gtest.h>

#include "adapterx/tasks/answers_test.h"

namespace ax {
namespace {

int64_t correct(std::vector<float> logits, int64_t classes, const OwnedBatch& batch,
                const std::vector<int64_t>& heads = {}) {
  const Shape shape{std::ssize(logits) / classes, classes};
  return count_correct({logits.data(), DType::f32, shape}, batch, heads);
}

TEST(BatchAccuracy, CountsTheLargestLogitOfEachSample) {
  EXPECT_EQ(correct({0, 1, 0, 5, 4, 4, 0, 0, 1}, 3, {{0, 1, 2}, {1, 1, 2}}), 2);
}

TEST(BatchAccuracy, SamplesPastTheLastDoNotCount) {
  EXPECT_EQ(correct({0, 1, 1, 0, 1, 0}, 2, {{4}, {1, 0, 0}}), 1);
}

TEST(BatchAccuracy, OfMixedTargetsTheLikeliestCounts) {
  // The labels say another class than the targets: mixup keeps the label of the first sample of a pair.
  EXPECT_EQ(correct({0, 1, 0, 9, 1, 0}, 3, {{0, 1}, {0, 0}, {0.4f, 0.6f, 0, 0.2f, 0.5f, 0.3f}}), 1);
}

TEST(BatchAccuracy, AHeadIsComparedWithItselfAlone) {
  const std::vector<int64_t> heads = {2, 3};
  // A greater logit of the other head is no mistake.
  EXPECT_EQ(correct({9, 8, 0, 0, 1}, 5, {{0}, {0}, {0, 0, 0, 0, 1}}, heads), 1);
  EXPECT_EQ(correct({0, 1, 9, 9, 9}, 5, {{0}, {0}, {0, 1, 0, 0, 0}}, heads), 1);
  EXPECT_EQ(correct({1, 0, 0, 2, 1}, 5, {{0}, {0}, {0, 0, 0, 0, 1}}, heads), 0);
  // The first class of the second head belongs to the second head.
  EXPECT_EQ(correct({9, 8, 2, 0, 1}, 5, {{0}, {0}, {0, 0, 1, 0, 0}}, heads), 1);
}

TEST(BatchAccuracy, OfSeveralHeadsTheFirstThatIsToldCounts) {
  EXPECT_EQ(correct({0, 1, 5, 0, 0}, 5, {{0}, {0}, {0, 1, 0, 0, 1}}, {2, 3}), 1);
}

}  // namespace
}  // namespace ax
