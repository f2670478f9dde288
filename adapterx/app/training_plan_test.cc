// What a dry run says agrees with what a run does, and leaves nothing behind.
#include "adapterx/app/training_plan.h"

#include "adapterx/app/model_count.h"
#include "adapterx/app/tiny_runs_test.h"
#include "adapterx/base/error_text_test.h"

namespace ax {
namespace {

namespace fs = std::filesystem;
using testing::tiny_runs;

TEST(TrainingPlan, AgreesWithTheRun) {
  const TrainConfig c = tiny_runs().config("images", "adaptformer_x", "planned");
  const TrainingPlan plan = plan_training(c);
  const TrainingResult& made = tiny_runs().result("images", "adaptformer_x");
  EXPECT_EQ(plan.parts.text(), made.parts.text());
  EXPECT_EQ(plan.setup.data.size(Split::train), 24);
  EXPECT_EQ(plan.epochs, made.epochs);
  EXPECT_EQ(plan.batch, 5);
  EXPECT_EQ(plan.batches, 4);  // the last, which is not full, is left out
  EXPECT_EQ(plan.patches, 4);
  EXPECT_EQ(plan.tokens, 5);  // class token and patches
  EXPECT_EQ(plan.test.split, Split::test);
  EXPECT_EQ(plan.test.samples, made.test->samples);
  EXPECT_EQ(plan.test.batches, 5);
  EXPECT_FALSE(fs::exists(c.train.out));
}

TEST(TrainingPlan, EveryMethodHasOneOnEveryKindOfData) {
  for (const char* data : {"images", "clouds"}) {
    for (const MethodInfo& method : methods()) {
      SCOPED_TRACE(data + method.name);
      const TrainConfig c = tiny_runs().config(data, method.name, "planned");
      const TrainingPlan plan = plan_training(c);
      EXPECT_EQ(plan.parts.text(), count_trained(*plan.setup.model, method.name, c.method.pairs()).text());
      EXPECT_GT(plan.batch_seconds, 0);
      EXPECT_GT(plan.test.batch_seconds, 0);
      EXPECT_GE(plan.peak_bytes(), plan.measured_bytes);
    }
  }
  EXPECT_FALSE(fs::exists(tiny_runs().path("planned")));
}

TEST(TrainingPlan, CountsStepsAndEvaluations) {
  TrainConfig c = tiny_runs().config("images", "linear_probe", "planned");
  c.data.val_fraction = 0.25;
  c.train.select = Select::val;
  c.train.epochs = 7;
  c.train.eval_every = 3;
  c.train.accumulate = 2;
  c.train.eval_batch = 4;
  const TrainingPlan plan = plan_training(c);
  EXPECT_EQ(plan.batches, 3);      // 18 of 24
  EXPECT_EQ(plan.steps, 2);        // of two batches and of one
  EXPECT_EQ(plan.evaluations, 3);  // after epochs 3, 6 and 7
  EXPECT_EQ(plan.choosing.split, Split::val);
  EXPECT_EQ(plan.choosing.batches, 2);  // 6 samples
  EXPECT_EQ(plan.test.batches, 6);      // 24
  EXPECT_TRUE(plan.feature_use.kept);
  EXPECT_EQ(plan.features.batches, 5 + 2);  // training and validation
  const double training = 21 * plan.batch_seconds, test = 6 * plan.test.batch_seconds;
  const double choosing = 3 * (2 * plan.choosing.batch_seconds + plan.observation_seconds);
  EXPECT_NEAR(plan.run_seconds(),
              plan.opening_seconds + 7 * plan.features.batch_seconds + training + choosing + test, 1e-9);
  EXPECT_GT(plan.adapter_bytes, 0u);
}

TEST(TrainingPlan, AHeadThatIsFittedNeedsFeaturesFirst) {
  TrainConfig c = tiny_runs().config("images", "bitfit", "planned");
  const TrainingPlan fitted = plan_training(c);
  EXPECT_FALSE(fitted.feature_use.kept);
  EXPECT_EQ(fitted.features.batches, 5);
  EXPECT_EQ(fitted.feature_bytes, 24u * 16 * sizeof(float));
  c.train.head_init = HeadInit::random;
  const TrainingPlan random = plan_training(c);
  EXPECT_EQ(random.features.batches, 0);
  EXPECT_EQ(random.feature_bytes, 0u);
}

// An epoch of one step is not enough to time.
TEST(TrainingPlan, OneBatchIsEnough) {
  TrainConfig c = tiny_runs().config("images", "linear_probe", "planned");
  c.train.epochs = 1;
  c.train.batch = 100;
  const TrainingPlan plan = plan_training(c);
  EXPECT_EQ(plan.batch, 24);
  EXPECT_EQ(plan.batches, 1);
  EXPECT_GT(plan.batch_seconds, 0);
}

TEST(TrainingPlan, MaskedPretrainingIsNotEvaluated) {
  TrainConfig c = tiny_runs().config("images", "full", "planned");
  c.pretrain.objective = Objective::masked;
  const TrainingPlan plan = plan_training(c);
  EXPECT_EQ(plan.evaluations, 0);
  EXPECT_EQ(plan.test.batches, 0);
  EXPECT_EQ(plan.adapter_bytes, 0u);
  EXPECT_GT(plan.run_seconds(), plan.opening_seconds);
}

TEST(TrainingPlan, SamplesKeptLaterAreCounted) {
  TrainConfig c = tiny_runs().config("images", "bitfit", "planned");
  testing::write_tiny_images(tiny_runs().path("many"), {.each = 200});
  c.data.path = tiny_runs().path("many").string();
  const TrainingPlan plan = plan_training(c);  // which has looked at a small part of the 400
  EXPECT_GT(plan.cache_bytes, 300u * 3 * 8 * 8);
  EXPECT_LT(plan.cache_bytes, 400u * (3 * 8 * 8 + 200));
  c.data.cache_mb = 0;
  EXPECT_EQ(plan_training(c).cache_bytes, 0u);
}

TEST(TrainingPlan, RefusesWhatARunRefuses) {
  TrainConfig c = tiny_runs().config("images", "linear_probe", "planned");
  c.data.path = tiny_runs().path("nowhere").string();
  expect_part(error_text([&] { plan_training(c); }), "nowhere");
}

}  // namespace
}  // namespace ax
