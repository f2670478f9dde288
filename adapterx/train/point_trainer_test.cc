// The loop on a few clouds of 40 points: what a stopped run resumes to, what an adapter file brings back,
// what becomes of BatchNorm's running statistics, what votes are.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <fstream>

#include "adapterx/base/error_text_test.h"
#include "adapterx/base/parallel.h"
#include "adapterx/base/rng.h"
#include "adapterx/data/points/point_samples.h"
#include "adapterx/io/tensors/safetensors.h"
#include "adapterx/tasks/class_evaluation.h"
#include "adapterx/train/adapted_model.h"
#include "adapterx/train/evaluate.h"
#include "adapterx/train/trainer.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

const std::atomic<bool> kNever{false};
constexpr const char* kBackbone = "masked/best/adapter.safetensors";

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

struct Counter : TrainingObserver {
  explicit Counter(int64_t last = -1) : stop_after(last) {}
  void on_step(const StepRecord&) override {
    if (++steps == stop_after) stop = true;
  }
  int64_t steps = 0, stop_after;
  std::atomic<bool> stop{false};
};

void expect_same(const EvaluationPtr& one, const EvaluationPtr& other, float tolerance = 0) {
  const ClassEvaluation &a = of_classes(*one), &b = of_classes(*other);
  ASSERT_EQ(a.predictions.size(), b.predictions.size());
  EXPECT_EQ(a.samples, b.samples);
  EXPECT_EQ(a.correct, b.correct);
  EXPECT_NEAR(a.loss, b.loss, tolerance);
  for (size_t i = 0; i < a.predictions.size(); ++i) {
    EXPECT_EQ(a.predictions[i].predicted, b.predictions[i].predicted) << i;
    EXPECT_NEAR(a.predictions[i].label_probability, b.predictions[i].label_probability, tolerance) << i;
  }
}

class PointTrainerTest : public ::testing::Test {
 protected:
  // Disks that lie and rods that stand, and a backbone pretrained on them by masking.
  static void SetUpTestSuite() {
    folder_ = fs::temp_directory_path() / ("ax_point_trainer_" + std::to_string(::getpid()));
    for (const char* split : {"train", "test"}) write_clouds(folder_ / "data" / split);
    run(masked_config("masked"));
  }
  static void TearDownTestSuite() { fs::remove_all(folder_); }

  static void write_clouds(const fs::path& split) {
    for (const char* name : {"disk", "rod"}) {
      fs::create_directories(split / name);
      const float side = *name == 'd' ? 1.0f : 0.3f;
      for (uint32_t i = 0; i < 10; ++i) {
        const Rng rng(i, place_of(name), place_of(split.filename().string()));
        std::ofstream out(split / name / (std::to_string(i) + ".xyz"));
        for (uint32_t k = 0; k < 40; ++k) {
          const auto draw = [&](uint32_t axis) { return 2 * rng.uniform(3 * k + axis) - 1; };
          out << side * draw(0) << " " << 0.6f * draw(1) << " " << side * draw(2) << "\n";
        }
      }
    }
  }

  static TrainConfig config(const std::string& out, const std::string& method) {
    TrainConfig c;
    c.model.name = "point_small";
    c.model.width = 16;
    c.model.depth = c.model.heads = 1;
    c.model.mlp_ratio = 2;
    c.model.points = 32;
    c.model.groups = 6;
    c.model.group_size = 8;
    if (method != "full") {
      c.model = {};
      c.model.weights = path(kBackbone);
    }
    c.data.path = path("data");
    c.data.loader_threads = 1;
    c.method.name = method;
    c.point_augment.rotate_y = true;
    c.train.epochs = 2;
    c.train.batch = 5;
    c.train.warmup_epochs = 0;
    c.train.lr = 3e-3;
    c.train.precision = Precision::fp32;
    c.train.threads = 1;
    c.train.out = path(out);
    return c;
  }

  static TrainConfig masked_config(const std::string& out) {
    TrainConfig c = config(out, "full");
    c.pretrain.objective = Objective::masked;
    c.pretrain.decoder_depth = 1;
    c.train.select = Select::last;
    return c;
  }

  static TrainingResult run(const TrainConfig& c, bool resume = false) {
    Counter counter;
    return train(c, counter, kNever, resume);
  }

  static std::string path(const std::string& name) { return (folder_ / name).string(); }
  static fs::path best(const std::string& out) { return folder_ / out / "best/adapter.safetensors"; }

  // After each number of steps: stopped, resumed, and compared with the unbroken run.
  static void expect_resumes(TrainConfig c, const std::string& name) {
    Counter whole;
    c.train.out = path(name);
    train(c, whole, kNever);
    ASSERT_GE(whole.steps, 4);
    for (int64_t i = 1; i <= whole.steps; ++i) {
      const std::string stopped = name + std::to_string(i);
      c.train.out = path(stopped);
      Counter counter(i);
      // After the last step there is an evaluation left to interrupt, but in masked pretraining.
      const bool done = i == whole.steps && c.pretrain.masked();
      EXPECT_EQ(train(c, counter, counter.stop).interrupted, !done) << name << ", step " << i;
      EXPECT_FALSE(run(c, true).interrupted);
      EXPECT_TRUE(read(best(stopped)) == read(best(name))) << name << ", step " << i;
    }
  }

  static std::string error_of(const TrainConfig& c) {
    return error_text([&] { run(c); });
  }

  static fs::path folder_;
  const ThreadCount threads_{1};
};

fs::path PointTrainerTest::folder_;

TEST_F(PointTrainerTest, StoppedAfterAnyStepItResumesToTheSameBits) {
  expect_resumes(config("", "full"), "full");
  expect_resumes(config("", "dapt_x"), "dapt_x");
  expect_resumes(masked_config(""), "hidden");
}

// The test clouds, by the adapter of a run over its backbone.
struct PutBack {
  PutBack(const fs::path& adapter, const std::string& weights, const TrainConfig& config)
      : model(open_adapted_model(adapter, weights)), info(model.adapter.info) {
    CompileOptions options;
    options.precision = Precision::fp32;
    built = build_adapted_session(model, config.train.batch, options);
    splits = info.input->open(dataset_spec(config.data));
    load.batch = config.train.batch;
  }
  std::shared_ptr<const SampleSource> samples() const { return info.input->samples(splits.test, 0); }
  std::unique_ptr<Loader> loader(const std::shared_ptr<const SampleSource>& source) const {
    return std::make_unique<Loader>(source, info.model->classes(), load);
  }
  EvaluationPtr evaluated(const std::shared_ptr<const SampleSource>& source) const {
    const auto evaluator = class_evaluator(source->dataset().size(), info.model->classes());
    return evaluate(*built.session, "points", *loader(source), *evaluator);
  }
  EvaluationPtr voted(const std::vector<std::shared_ptr<const SampleSource>>& votes) const {
    const auto loader_of = [&](int64_t vote) { return loader(votes[static_cast<size_t>(vote)]); };
    const auto evaluator =
        class_evaluator(votes[0]->dataset().size(), info.model->classes(), std::ssize(votes));
    return evaluate_by_votes(*built.session, "points", loader_of, std::ssize(votes), *evaluator);
  }
  AdaptedModel model;
  const AdapterInfo& info;
  BuiltSession built;
  DataSplits splits;
  LoaderOptions load;
};

// The backbone's file has no class token: with another seed than 0, too, it is the same in training and
// after.
TEST_F(PointTrainerTest, AnAdapterPutBackAnswersAsTheRunsOwnTest) {
  EXPECT_FALSE(read_safetensors(path(kBackbone)).contains("cls_token"));
  for (const char* method : {"full", "linear_probe", "adaptformer", "dapt_x"}) {
    TrainConfig c = config(std::string("back_") + method, method);
    c.train.seed = 7;
    const TrainingResult result = run(c);
    EXPECT_EQ(result.tested_on, "test");
    EXPECT_EQ(result.test->samples, 20);
    const PutBack back(best(std::string("back_") + method), c.model.weights, c);
    expect_same(back.evaluated(back.samples()), result.test);
  }
}

TEST_F(PointTrainerTest, RunningStatisticsOfAFrozenEncoderMoveOrStayAsTheSettingSays) {
  const TensorFile backbone = read_safetensors(path(kBackbone));
  const auto statistics = [](const TensorFile& file) {
    std::vector<std::string> names;
    for (const auto& [name, tensor] : file.tensors()) {
      if (name.starts_with("encoder.")) names.push_back(name);
    }
    return names;
  };
  TrainConfig c = config("update", "linear_probe");
  c.model.batch_norm = "update";
  run(c);
  const TensorFile moved = read_safetensors(best("update"));
  EXPECT_EQ(
      statistics(moved),
      (std::vector<std::string>{"encoder.first_conv.1.running_mean", "encoder.first_conv.1.running_var",
                                "encoder.second_conv.1.running_mean", "encoder.second_conv.1.running_var"}));
  for (const std::string& name : statistics(moved)) EXPECT_NE(moved.f32(name), backbone.f32(name)) << name;

  c = config("fixed", "linear_probe");
  c.model.batch_norm = "fixed";
  const TrainingResult first = run(c);
  const TensorFile fixed = read_safetensors(best("fixed"));
  for (const std::string& name : statistics(fixed)) EXPECT_EQ(fixed.f32(name), backbone.f32(name)) << name;
  EXPECT_TRUE(read_safetensors(best("fixed")).contains("head.1.running_mean"));
  c.train.out = path("fixed_again");
  expect_same(run(c).test, first.test);
  EXPECT_TRUE(read(best("fixed_again")) == read(best("fixed")));
  const PutBack back(best("fixed"), c.model.weights, c);
  expect_same(back.evaluated(back.samples()), first.test);

  c = config("scratch", "full");
  c.model.batch_norm = "fixed";
  EXPECT_NE(error_of(c).find("model.batch_norm: fixed statistics need weights"), std::string::npos)
      << error_of(c);
}

TEST_F(PointTrainerTest, VotesAreMeansOfLogits) {
  const TrainConfig c = config("voting", "full");
  run(c);
  const PutBack back(best("voting"), "", c);
  const auto plain = back.samples();
  expect_same(back.voted({plain}), back.evaluated(plain));
  expect_same(back.voted({plain, plain}), back.evaluated(plain));

  const auto drawn = back.info.input->samples(back.splits.test, Augmentation{c.augment, c.point_augment}, 0);
  const auto a = vote_samples(drawn, 1, 0), b = vote_samples(drawn, 1, 1);
  const EvaluationPtr first = back.evaluated(a), second = back.evaluated(b), mean = back.voted({a, b});
  const ClassEvaluation &one = of_classes(*first), &other = of_classes(*second), &both = of_classes(*mean);
  // Of two classes, the difference of logits is the log of the odds.
  const auto log_odds = [](const ClassEvaluation& e, size_t i) {
    const double p = static_cast<double>(e.predictions[i].label_probability);
    return std::log(p / (1 - p));
  };
  double apart = 0;
  for (size_t i = 0; i < both.predictions.size(); ++i) {
    EXPECT_NEAR(log_odds(both, i), (log_odds(one, i) + log_odds(other, i)) / 2, 1e-4) << i;
    apart += std::abs(log_odds(one, i) - log_odds(other, i));
  }
  EXPECT_GT(apart, 1e-2);
}

TEST_F(PointTrainerTest, DataOfTheOtherKindAreRefused) {
  fs::create_directories(folder_ / "images/train/dark");
  std::ofstream(folder_ / "images/train/dark/0.pgm") << "P5\n1 1\n255\nx";
  TrainConfig c = config("refused", "full");
  c.data.path = path("images");
  EXPECT_NE(error_of(c).find("but images, which take a model of images"), std::string::npos) << error_of(c);

  c.data.path = path("data");
  c.model = {};
  c.model.name = "vit_tiny_patch16_224";
  EXPECT_NE(error_of(c).find("but 3D shapes, which take a model of point clouds"), std::string::npos)
      << error_of(c);
  EXPECT_FALSE(fs::exists(folder_ / "refused"));
}

}  // namespace
}  // namespace ax
