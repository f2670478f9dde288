// Each setting reaches its own option: numbers that all differ, so that none stands for another.
#include "adapterx/train/config_options.h"

#include <gtest/gtest.h>

#include "adapterx/train/micro_models_test.h"

namespace ax {
namespace {

TEST(ConfigOptions, OfTheOptimizer) {
  OptimConfig c;
  c.beta1 = 0.125;
  c.beta2 = 0.25;
  c.momentum = 0.375;
  c.weight_decay = 0.5;
  c.clip = 0.625;
  c.decay_vectors = true;
  const OptimizerOptions o = optimizer_options(c);
  EXPECT_EQ(o.kind, OptimizerOptions::Kind::adamw);
  EXPECT_EQ(o.beta1, 0.125f);
  EXPECT_EQ(o.beta2, 0.25f);
  EXPECT_EQ(o.momentum, 0.375f);
  EXPECT_EQ(o.weight_decay, 0.5f);
  EXPECT_EQ(o.max_gradient_norm, 0.625f);
  EXPECT_TRUE(o.decay_vectors);
  c.optimizer = OptimizerKind::sgd;
  EXPECT_EQ(optimizer_options(c).kind, OptimizerOptions::Kind::sgd);
}

TEST(ConfigOptions, OfTheSchedule) {
  OptimConfig c;
  c.lr = 0.5;
  c.min_lr = 0.25;
  c.warmup_lr = 0.125;
  c.epochs = 17;
  c.warmup_epochs = 3;
  c.schedule_unit = ScheduleUnit::step;
  const ScheduleOptions o = schedule_options(c);
  EXPECT_EQ(o.lr, 0.5);
  EXPECT_EQ(o.min_lr, 0.25);
  EXPECT_EQ(o.warmup_lr, 0.125);
  EXPECT_EQ(o.epochs, 17);
  EXPECT_EQ(o.warmup_epochs, 3);
  EXPECT_EQ(o.unit, ScheduleUnit::step);
}

TEST(ConfigOptions, OfASession) {
  TrainConfig c;
  c.train.drop_path = 0.25;
  c.train.precision = Precision::bf16;
  TrainingSetup setup;
  setup.model = micro_models()[0];
  setup.task = classification({"a", "b", "c"});
  const SessionSpec scratch = session_spec(c, setup, 6);
  EXPECT_EQ(scratch.model, setup.model);
  EXPECT_EQ(scratch.task, setup.task);
  EXPECT_EQ(scratch.batch, 6);
  EXPECT_FALSE(scratch.training);
  EXPECT_TRUE(scratch.from_scratch);
  EXPECT_EQ(scratch.drop_path, 0.25f);
  EXPECT_EQ(scratch.options.precision, Precision::bf16);
  setup.source = synthetic_source;
  EXPECT_FALSE(session_spec(c, setup, 6).from_scratch);
}

}  // namespace
}  // namespace ax
