#include "adapterx/app/findings.h"

#include <algorithm>

#include "adapterx/app/findings_parts.h"
#include "adapterx/app/tiny_runs_test.h"
#include "adapterx/report/shown_cloud.h"

namespace ax {
namespace {

using testing::tiny_runs;

// {label, predicted, probability} each.
ClassEvaluation evaluation_of(std::vector<Prediction> predictions, int64_t classes) {
  ClassEvaluation e;
  e.classes = classes;
  e.samples = std::ssize(predictions);
  e.predictions = std::move(predictions);
  return e;
}

TEST(Findings, WorstMistakesAreTheMostConfident) {
  const ClassEvaluation e = evaluation_of(
      {{0, 1, 0.6f, 0}, {1, 1, 0.99f, 0}, {2, 0, 0.9f, 0}, {0, 2, 0.6f, 0}, {1, 0, 0.7f, 0}}, 3);
  EXPECT_EQ(worst_mistakes(e, 10), (std::vector<int64_t>{2, 4, 0, 3}));  // of equals the first
  EXPECT_EQ(worst_mistakes(e, 2), (std::vector<int64_t>{2, 4}));
}

TEST(Findings, OneRightOfEachClass) {
  const ClassEvaluation e =
      evaluation_of({{0, 1, 1, 0}, {2, 2, 1, 0}, {0, 0, 1, 0}, {2, 2, 1, 0}, {1, 1, 1, 0}, {0, 0, 1, 0}}, 3);
  EXPECT_EQ(right_ones(e, 10), (std::vector<int64_t>{1, 2, 4}));
  EXPECT_EQ(right_ones(e, 2), (std::vector<int64_t>{1, 2}));
}

Findings findings(const std::string& data, const std::string& method, const ClassEvaluation& evaluation) {
  const auto adapter = tiny_runs().adapter(data, method);
  const TrainConfig config = tiny_runs().config(data, method, data + "_" + method);
  const TrainingSetup setup = open_training(config);
  return findings_of(evaluation, setup.data, Split::test, adapter, setup, config);
}

const ClassEvaluation& tested(const std::string& data, const std::string& method) {
  return of_classes(*tiny_runs().result(data, method).test);
}

// The run's evaluation with every answer turned to the other class, the later ones more confident.
ClassEvaluation all_wrong(const std::string& data, const std::string& method) {
  ClassEvaluation e = tested(data, method);
  for (size_t i = 0; i < e.predictions.size(); ++i) {
    e.predictions[i].predicted = 1 - e.predictions[i].label;
    e.predictions[i].probability = 0.5f + 0.01f * static_cast<float>(i);
  }
  return e;
}

void expect_shares(const ExpertChoices& choices, int64_t tokens) {
  EXPECT_EQ(choices.experts, 3);
  EXPECT_EQ(choices.heads, 2);
  EXPECT_EQ(choices.blocks.size(), 2U);
  for (const auto& block : choices.blocks) {
    EXPECT_GE(std::ssize(block), tokens * choices.heads);
    EXPECT_LT(*std::ranges::max_element(block), 3);
  }
}

TEST(Findings, OfImages) {
  const Findings f = findings("images", "adaptformer_x", all_wrong("images", "adaptformer_x"));
  EXPECT_NO_THROW(check(f));
  EXPECT_EQ(f.confusion.classes, (std::vector<std::string>{"bright", "dark"}));
  EXPECT_EQ(f.confusion.counts, (std::vector<int64_t>{0, 12, 12, 0}));
  ASSERT_EQ(f.mistakes.size(), 24U);
  EXPECT_TRUE(f.mistakes[0].name.ends_with("dark/9.pgm")) << f.mistakes[0].name;  // the last of the set
  for (size_t i = 1; i < f.mistakes.size(); ++i) {
    EXPECT_GE(f.mistakes[i - 1].confidence, f.mistakes[i].confidence);
  }
  for (const ShownSample& m : f.mistakes) {
    EXPECT_NE(m.truth, m.predicted);
    EXPECT_FALSE(m.image.empty());
  }
  ASSERT_EQ(f.routing.size(), 2U);  // one of each class
  EXPECT_EQ(f.routing[0].shown.truth, 0);
  EXPECT_EQ(f.routing[1].shown.truth, 1);
  EXPECT_EQ(f.routing[0].side, 2);
  expect_shares(f.routing[0].choices, 4);
}

TEST(Findings, OfAMethodWithoutExperts) {
  const Findings f = findings("images", "full", tested("images", "full"));
  EXPECT_NO_THROW(check(f));
  EXPECT_TRUE(f.routing.empty());
  EXPECT_EQ(f.confusion.counts, tested("images", "full").confusion());
}

TEST(Findings, OfClouds) {
  ClassEvaluation e = all_wrong("clouds", "dapt_x");
  e.predictions[3].predicted = e.predictions[3].label;  // a disk
  const Findings f = findings("clouds", "dapt_x", e);
  EXPECT_NO_THROW(check(f));
  EXPECT_TRUE(f.routing.empty());
  EXPECT_EQ(f.mistakes.size(), 19U);
  ASSERT_EQ(f.clouds.size(), 8U);  // the right one, then the worst mistakes
  EXPECT_EQ(f.clouds[0].shown.truth, f.clouds[0].shown.predicted);
  EXPECT_EQ(f.clouds[1].shown.name, f.mistakes[0].name);
  for (const CloudPicture& cloud : f.clouds) {
    EXPECT_EQ(cloud.patches, 6);
    EXPECT_EQ(cloud.shown.points.size(), 3U * 32);
    EXPECT_EQ(cloud.patch.size(), 32U);
    EXPECT_LT(*std::ranges::max_element(cloud.patch), 6);
    expect_shares(cloud.choices, 6);
  }
}

TEST(Findings, CloudsOfAMethodWithoutExpertsAreShownAllTheSame) {
  const Findings f = findings("clouds", "full", tested("clouds", "full"));
  EXPECT_NO_THROW(check(f));
  ASSERT_FALSE(f.clouds.empty());
  for (const CloudPicture& cloud : f.clouds) EXPECT_TRUE(cloud.choices.blocks.empty());
}

}  // namespace
}  // namespace ax
