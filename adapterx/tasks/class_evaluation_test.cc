// The softmax by its definition, and what holds for any order and number of batches.
#include "adapterx/tasks/class_evaluation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "adapterx/base/error_text_test.h"
#include "adapterx/tasks/answers_test.h"

namespace ax {
namespace {

constexpr int64_t kClasses = 3;
constexpr float kInfinity = std::numeric_limits<float>::infinity();

std::shared_ptr<const ClassEvaluation> result_of(Evaluator& evaluator) {
  return std::dynamic_pointer_cast<const ClassEvaluation>(evaluator.result());
}

// Five samples in batches of two: the last is not full.
std::shared_ptr<const ClassEvaluation> five_samples(const std::vector<int64_t>& order) {
  const std::vector<std::vector<float>> logits = {
      {2, 0, 1}, {0, 1, 3}, {-1, 0.5f, 0}, {4, 4.5f, 0}, {0, 0, 1}};
  const std::vector<int32_t> labels = {0, 2, 0, 1, 0};
  const auto evaluator = class_evaluator(5, kClasses);
  Answers answers(2, kClasses);
  for (size_t first = 0; first < order.size(); first += 2) {
    OwnedBatch batch{{}, {0, 0}};
    std::vector<float> given;
    for (size_t i = first; i < std::min(first + 2, order.size()); ++i) {
      const auto sample = static_cast<size_t>(order[i]);
      batch.labels[i - first] = labels[sample];
      batch.indices.push_back(order[i]);
      given.insert(given.end(), logits[sample].begin(), logits[sample].end());
    }
    evaluator->add(batch, answers(given, 99));
  }
  return result_of(*evaluator);
}

TEST(ClassEvaluation, IsTheSoftmaxOfTheDefinition) {
  const auto evaluator = class_evaluator(2, kClasses);
  Answers answers(2, kClasses);
  evaluator->add(OwnedBatch{{0, 1}, {0, 2}}, answers({1, 2, 0, -1, 0, 1.5f}));
  const auto found = result_of(*evaluator);
  const double first = std::exp(1) + std::exp(2) + 1, second = std::exp(-1) + 1 + std::exp(1.5);
  const Prediction &wrong = found->predictions[0], &right = found->predictions[1];
  EXPECT_EQ(wrong.predicted, 1);
  EXPECT_NEAR(wrong.probability, std::exp(2) / first, 1e-6);
  EXPECT_NEAR(wrong.label_probability, std::exp(1) / first, 1e-6);
  EXPECT_EQ(right.predicted, 2);
  EXPECT_EQ(right.probability, right.label_probability);
  EXPECT_NEAR(found->loss, -(std::log(std::exp(1) / first) + std::log(std::exp(1.5) / second)) / 2, 1e-6);
  EXPECT_EQ(found->correct, 1);
  EXPECT_EQ(found->score(), 0.5);
}

TEST(ClassEvaluation, LargeLogitsAreNoOverflow) {
  Answers answers(1, kClasses);
  const auto loss_of = [&](float shift) {
    const auto evaluator = class_evaluator(1, kClasses);
    evaluator->add(OwnedBatch{{0}, {1}}, answers({shift + 1, shift + 2, shift - 4}));
    return result_of(*evaluator)->loss;
  };
  EXPECT_EQ(loss_of(4096), loss_of(0));
  EXPECT_EQ(loss_of(-4096), loss_of(0));
}

TEST(ClassEvaluation, IsTheSameInAnyOrder) {
  const auto found = five_samples({0, 1, 2, 3, 4}), other = five_samples({3, 4, 0, 2, 1});
  EXPECT_EQ(found->samples, 5);
  EXPECT_EQ(found->correct, 3);  // but for samples 2 and 4
  EXPECT_EQ(found->confusion(), other->confusion());
  EXPECT_NEAR(found->loss, other->loss, 1e-12);
  for (size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(found->predictions[i].predicted, other->predictions[i].predicted) << i;
    EXPECT_EQ(found->predictions[i].probability, other->predictions[i].probability) << i;
  }
}

TEST(ClassEvaluation, TheConfusionHasTrueClassesAsRows) {
  const auto found = five_samples({0, 1, 2, 3, 4});
  EXPECT_EQ(found->confusion(), (std::vector<int64_t>{1, 1, 1, 0, 1, 0, 0, 0, 1}));
  EXPECT_EQ(found->class_accuracy(), (std::vector<double>{1.0 / 3, 1, 1}));
  ClassEvaluation none;
  none.classes = 2;
  none.predictions = {{1, 0}};
  EXPECT_TRUE(std::isnan(none.class_accuracy()[0]));
  EXPECT_EQ(none.class_accuracy()[1], 0);
  EXPECT_EQ(none.accuracy(), 0);
}

TEST(ClassEvaluation, VotesAreJudgedByTheMeanOfTheirLogits) {
  const auto votes = class_evaluator(2, kClasses, 2), mean = class_evaluator(2, kClasses);
  Answers answers(2, kClasses);
  // The votes for sample 0 disagree. They come in another order the second time.
  votes->add(OwnedBatch{{0, 1}, {2, 1}}, answers({3, 0, 1, 0, 1, 0}));
  votes->add(OwnedBatch{{1, 0}, {1, 2}}, answers({0, 3, 0, -2, 0, 1}));
  mean->add(OwnedBatch{{0, 1}, {2, 1}}, answers({0.5f, 0, 1, 0, 2, 0}));
  const auto found = result_of(*votes), expected = result_of(*mean);
  EXPECT_EQ(found->samples, 2);
  EXPECT_EQ(found->correct, 2);
  EXPECT_EQ(found->loss, expected->loss);
  EXPECT_EQ(found->predictions[0].probability, expected->predictions[0].probability);
}

TEST(ClassEvaluation, ASampleWithoutAllVotesHasNoAnswer) {
  const auto votes = class_evaluator(2, kClasses, 2);
  Answers answers(2, kClasses);
  votes->add(OwnedBatch{{0, 1}, {2, 1}}, answers({0, 0, 1, 0, 1, 0}));
  votes->add(OwnedBatch{{0}, {2, 0}}, answers({0, 0, 1}));
  const auto found = result_of(*votes);
  EXPECT_EQ(found->samples, 1);
  EXPECT_EQ(found->correct, 1);
}

TEST(ClassEvaluation, LogitsThatAreNotFiniteNameTheSample) {
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), kInfinity}) {
    const auto evaluator = class_evaluator(8, kClasses);
    Answers answers(2, kClasses);
    expect_part(error_text([&] {
                  evaluator->add(OwnedBatch{{3, 7}, {0, 0}}, answers({0, 1, 2, 0, bad, 2}));
                }),
                "sample 7 are not finite");
  }
}

TEST(ClassEvaluation, AnotherTasksEvaluationIsNone) {
  struct Other : Evaluation {
    double score() const override { return 1; }
  };
  EXPECT_THROW(of_classes(Other()), Error);
  const ClassEvaluation own;
  EXPECT_EQ(&of_classes(own), &own);
}

}  // namespace
}  // namespace ax
