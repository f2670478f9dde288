#include "adapterx/app/run_record.h"

#include <gtest/gtest.h>

#include <cmath>
#include "adapterx/models/points/point_family.h"
#include "adapterx/models/vit/vit_family.h"
#include "adapterx/tasks/class_evaluation.h"

namespace ax {
namespace {

// A run of AdaptFormer-X on images, as the trainer tells of it.
class RunRecordTest : public ::testing::Test {
 protected:
  RunRecordTest() {
    config_.method.name = "adaptformer_x";
    config_.data.path = "photos/flowers/";
    config_.model.weights = "vit.safetensors";
    config_.train.precision = Precision::fp32;
    config_.train.seed = 7;
    config_.train.threads = 3;
    config_.train.epochs = 5;
    config_.train.batch = 16;
    config_.train.accumulate = 2;
    VitConfig vit;
    vit.width = 24;
    vit.depth = 2;
    vit.patch_size = 4;
    setup_.model = vit_backbone(vit);
    setup_.input = vit_family().input();
    setup_.backbone = BackboneId{"vit_small", "0123"};
  }

  RunFacts facts() const {
    TrainingStart start{config_, setup_, {{{"SMoA", 40}, {"head", 10}}, 50, 10, 1000}};
    start.train_images = 80;
    start.val_images = 20;
    start.test_images = 30;
    return run_facts(start);
  }

  TrainConfig config_;
  TrainingSetup setup_;
};

TEST_F(RunRecordTest, FactsOfAStart) {
  const RunFacts f = facts();
  EXPECT_FALSE(f.finished);
  EXPECT_EQ(f.title, "adaptformer_x on flowers");  // the folder's name, with a slash at its end or without
  EXPECT_EQ(f.model, "vit_small");
  EXPECT_EQ(f.weights, "vit.safetensors");
  EXPECT_EQ(f.samples, "images");
  EXPECT_EQ(f.precision, "fp32");
  EXPECT_EQ(f.select, "val-best");
  EXPECT_EQ(f.seed, 7U);
  EXPECT_EQ(f.threads, 3);
  EXPECT_EQ(f.epochs, 5);
  EXPECT_EQ(f.batch, 32);  // that of a step
  EXPECT_EQ(f.train_images, 80);
  EXPECT_EQ(f.val_images, 20);
  EXPECT_EQ(f.test_images, 30);
  EXPECT_EQ(f.parameters.backbone, 1000);
  EXPECT_EQ(f.parameters.total(), 50);
  EXPECT_EQ(f.parameters.head(), 10);
  EXPECT_TRUE(std::isnan(f.accuracy));
}

TEST_F(RunRecordTest, AModelFromScratchIsNamedByItsGeometry) {
  setup_.backbone.reset();
  EXPECT_EQ(facts().model, "ViT of width 24, depth 2, patch size 4");
  PointTransformerConfig points;
  points.width = 48;
  points.depth = 3;
  setup_.model = point_backbone(points);
  setup_.input = point_family().input();
  EXPECT_EQ(facts().model, "point transformer of width 48, depth 3");
  EXPECT_EQ(facts().samples, "clouds");
}

TEST_F(RunRecordTest, BlocksThatShareExperts) {
  EXPECT_EQ(facts().blocks_per_expert_set, 0);  // one set for all
  config_.method.settings["share"] = "all";
  EXPECT_EQ(facts().blocks_per_expert_set, 0);
  config_.method.settings["share"] = "none";
  EXPECT_EQ(facts().blocks_per_expert_set, 1);
  config_.method.settings["share"] = "3";
  EXPECT_EQ(facts().blocks_per_expert_set, 3);
}

TEST_F(RunRecordTest, TheResultOfAFinishedRun) {
  RunFacts f = facts();
  TrainingResult result;
  result.best_epoch = 3;
  result.best_val_accuracy = 0.75;
  result.tested_on = "test";
  auto test = std::make_shared<ClassEvaluation>();
  test->samples = 8;
  test->correct = 6;
  result.test = test;
  result.seconds = 12;
  result.peak_rss_mb = 34;
  result.adapter_bytes = 56;
  add_result(result, f);
  EXPECT_TRUE(f.finished);
  EXPECT_EQ(f.accuracy, 0.75);
  EXPECT_EQ(f.accuracy_split, "test");
  EXPECT_EQ(f.best_val_accuracy, 0.75);
  EXPECT_EQ(f.best_epoch, 4);  // counted from 1, as in the log
  EXPECT_EQ(f.seconds, 12);
  EXPECT_EQ(f.peak_rss_mb, 34);
  EXPECT_EQ(f.adapter_bytes, 56);
}

TEST_F(RunRecordTest, WhatWasNotMeasuredStaysUnknown) {
  RunFacts f = facts();
  add_result({}, f);
  EXPECT_TRUE(f.finished);
  EXPECT_TRUE(std::isnan(f.accuracy));
  EXPECT_EQ(f.accuracy_split, "");
  EXPECT_TRUE(std::isnan(f.best_val_accuracy));

  const EpochRecord record = epoch_record({});
  EXPECT_EQ(record.epoch, 0);
  EXPECT_TRUE(std::isnan(record.penalty));
  EXPECT_TRUE(std::isnan(record.val_loss));
  EXPECT_TRUE(std::isnan(record.val_accuracy));
  EXPECT_TRUE(record.expert_use.empty());
}

TEST_F(RunRecordTest, AnEpochWithItsExpertsBlockByBlock) {
  EpochResult e;
  e.record.epoch = 5;
  e.record.penalty = 0.5;
  e.record.val_loss = 2;
  e.record.val_accuracy = 0.25;
  e.observed = {{ObservedKind::expert_choice, 2, {3, 1}},
                {ObservedKind::expert_choice, 3, {0, 0}},  // nothing was routed there
                {ObservedKind::expert_choice, 10, {0, 4}}};
  const EpochRecord r = epoch_record(e);
  EXPECT_EQ(r.epoch, 5);
  EXPECT_EQ(r.penalty, 0.5);
  EXPECT_EQ(r.val_loss, 2);
  EXPECT_EQ(r.val_accuracy, 0.25);
  EXPECT_EQ(r.expert_use.blocks, 2);
  EXPECT_EQ(r.expert_use.experts, 2);
  EXPECT_EQ(r.expert_use.share, (std::vector<double>{0.75, 0.25, 0, 1}));
  EXPECT_NO_THROW(check(r.expert_use));
}

}  // namespace
}  // namespace ax
