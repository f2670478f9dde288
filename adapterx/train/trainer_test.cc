// The loop on a few images of 8 x 8 pixels: what a disk that fails at any call leaves behind, what the
// moving average, accumulation and selection do.
#include "adapterx/train/trainer.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <map>

#include "adapterx/base/error.h"
#include "adapterx/base/error_text_test.h"
#include "adapterx/data/images/tiny_images_test.h"
#include "adapterx/io/atomic_file.h"
#include "adapterx/io/tensors/safetensors.h"
#include "adapterx/train/adapter_file.h"
#include "adapterx/train/moving_average.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

const std::atomic<bool> kNever{false};

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Keeps what it is told; asks to stop after a number of steps.
struct Recorder : TrainingObserver {
  std::vector<EpochRecord> epochs;
  int64_t steps = 0, stop_after = -1;
  std::atomic<bool> stop{false};
  std::map<std::string, int64_t> totals;  // of evaluations, by split

  void on_step(const StepRecord&) override {
    if (++steps == stop_after) stop = true;
  }
  void on_evaluation(std::string_view split, int64_t done, int64_t total) override {
    EXPECT_LE(done, total);
    EXPECT_TRUE(totals.emplace(split, total).first->second == total);
  }
  void on_epoch(const EpochResult& epoch, const Evaluation*) override { epochs.push_back(epoch.record); }
};

class TrainerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("ax_trainer_" + std::to_string(::getpid()));
    testing::write_tiny_images(folder_ / "data");
  }
  void TearDown() override {
    internal::fail_file_calls(-1);
    fs::remove_all(folder_);
  }

  TrainConfig config(const std::string& out) const {
    TrainConfig c;
    c.model.width = 16;
    c.model.depth = c.model.heads = 1;
    c.model.patch_size = 4;
    c.model.image_size = 8;
    c.model.mlp_ratio = 2;
    c.data.path = (folder_ / "data").string();
    c.data.val_fraction = 0.34;
    c.data.loader_threads = 1;
    c.method.name = "full";
    c.train.epochs = 3;
    c.train.batch = 4;
    c.train.warmup_epochs = 0;
    c.train.precision = Precision::fp32;
    c.train.threads = 1;
    c.train.ema = 0.9;
    c.train.checkpoint_minutes = 60;
    c.train.out = (folder_ / out).string();
    return c;
  }

  TrainingResult run(const TrainConfig& c, bool resume = false) {
    recorder_.epochs.clear();
    return train(c, recorder_, kNever, resume);
  }

  std::string best(const std::string& out) const { return read(folder_ / out / "best/adapter.safetensors"); }

  int64_t temporary_files() const {
    return std::ranges::count_if(fs::recursive_directory_iterator(folder_), [](const auto& entry) {
      return entry.path().string().find(".tmp") != std::string::npos;
    });
  }

  fs::path folder_;
  Recorder recorder_;
};

TEST_F(TrainerTest, AnyFailingWriteIsAnErrorFromWhichTheRunResumes) {
  TrainConfig c = config("straight");
  c.train.epochs = 2;
  c.train.select = Select::last;
  internal::fail_file_calls(-1);
  run(c);
  const int64_t calls = internal::fail_file_calls(-1);
  ASSERT_GT(calls, 50);
  c.train.out = (folder_ / "failing").string();
  for (int64_t i = 0; i < calls; ++i) {
    SCOPED_TRACE(fmt::format("failing from call {}", i));
    fs::remove_all(folder_ / "failing");
    internal::fail_file_calls(i, i % 2 == 0 ? ENOSPC : EIO);
    const std::string text = error_text([&] { run(c); });
    expect_part(text, ": cannot ");
    expect_part(text, "safetensors");
    internal::fail_file_calls(-1);
    EXPECT_EQ(temporary_files(), 0) << i;
    run(c, true);
    EXPECT_EQ(best("failing"), best("straight")) << i;
  }
}

TEST_F(TrainerTest, StoppedAfterAnyStepItResumesToTheSameBits) {
  TrainConfig c = config("straight");
  c.train.accumulate = 2;
  c.augment.mixup = 0.3;
  run(c);
  const int64_t steps = recorder_.steps;
  ASSERT_EQ(steps, 6);  // 16 images of 4, by twos, 3 epochs
  for (int64_t i = 1; i <= steps; ++i) {
    c.train.out = (folder_ / ("stopped" + std::to_string(i))).string();
    Recorder recorder;
    recorder.stop_after = i;
    EXPECT_TRUE(train(c, recorder, recorder.stop).interrupted);
    EXPECT_FALSE(run(c, true).interrupted);
    EXPECT_EQ(best("stopped" + std::to_string(i)), best("straight")) << i;
  }
}

TEST_F(TrainerTest, ACheckpointOfAnotherNumberOfImagesIsRefused) {
  Recorder recorder;
  recorder.stop_after = 6;  // within the second epoch of 4 batches
  const TrainConfig c = config("grown");
  EXPECT_TRUE(train(c, recorder, recorder.stop).interrupted);
  for (const char* name : {"bright", "dark"}) {
    const fs::path folder = folder_ / "data/train" / name;
    for (int i = 0; i < 12; ++i) fs::copy_file(folder / "0.pgm", folder / fmt::format("more{}.pgm", i));
  }
  expect_part(error_text([&] { run(c, true); }), "training data have changed");
}

TEST_F(TrainerTest, SelectionKeepsTheEpochItNames) {
  TrainConfig c = config("val");
  c.train.epochs = 6;
  TrainingResult r = run(c);
  EXPECT_EQ(r.tested_on, "test");
  EXPECT_EQ(r.test->samples, 24);
  EXPECT_EQ(recorder_.epochs.size(), 6u);
  const auto top =
      std::ranges::max_element(recorder_.epochs, {}, &EpochRecord::val_accuracy);  // the first of equals
  EXPECT_EQ(r.best_epoch, top->epoch - 1);
  EXPECT_EQ(r.best_val_accuracy, top->val_accuracy);

  c.train.select = Select::last;
  c.train.eval_every = 4;
  c.train.out = (folder_ / "last").string();
  r = run(c);
  EXPECT_EQ(r.best_epoch, 5);
  EXPECT_EQ(best("last"), read(folder_ / "last/last/adapter.safetensors"));
  for (const EpochRecord& e : recorder_.epochs) EXPECT_EQ(e.evaluated(), e.epoch == 4 || e.epoch == 6);

  c.train.select = Select::test_best;
  c.train.eval_every = 1;
  c.train.out = (folder_ / "test-best").string();
  r = run(c);
  EXPECT_EQ(r.test->score(), r.best_val_accuracy);
}

TEST_F(TrainerTest, TheMovingAverageIsWhatIsSaved) {
  run(config("averaged"));
  const TensorFile state = read_safetensors(folder_ / "averaged/last/checkpoint.safetensors");
  const TensorFile adapter = read_safetensors(folder_ / "averaged/last/adapter.safetensors");
  const std::vector<float> values = state.f32("values"), average = state.f32("average");
  for (const auto& entry : adapter.tensors()) {
    const std::vector<float> saved = adapter.f32(entry.first);
    EXPECT_NE(std::ranges::search(average, saved).begin(), average.end()) << entry.first;
    EXPECT_EQ(std::ranges::search(values, saved).begin(), values.end()) << entry.first;
  }
}

TEST_F(TrainerTest, EvaluationsTellTheImagesOfTheirSplit) {
  TrainConfig c = config("told");
  c.train.epochs = 1;
  run(c);
  EXPECT_EQ(recorder_.totals, (std::map<std::string, int64_t>{{"test", 24}, {"val", 8}}));
  recorder_.totals.clear();
  c.train.select = Select::test_best;
  c.train.out = (folder_ / "told-test").string();
  run(c);
  EXPECT_EQ(recorder_.totals, (std::map<std::string, int64_t>{{"test", 24}}));
}

TEST_F(TrainerTest, AnAdapterKeepsEverySettingOfItsMethod) {
  run(config("backbone"));
  TrainConfig c = config("settings");
  c.model = {};
  c.model.weights = (folder_ / "backbone/best/adapter.safetensors").string();
  c.method.name = "adaptformer";
  c.method.settings = {{"rank", "2"}};
  run(c);
  EXPECT_EQ(open_adapter(folder_ / "settings/best/adapter.safetensors").info.settings,
            (std::vector<std::string>{"rank=2", "scale=0.1", "dropout=0.1"}));
}

TEST(ResolvedSettings, MakeTheSameMethodAgain) {
  for (const MethodInfo& info : methods()) {
    const std::vector<std::string> all = resolved_settings(info.name, {});
    EXPECT_EQ(all.size(), draft_method(info.name).settings.size());
    EXPECT_NO_THROW(make_method(info.name, all)) << info.name;
    EXPECT_EQ(resolved_settings(info.name, all), all);
  }
  const std::vector<std::string> given = {"temperature=learned", "share=2", "router=linear",
                                          "token_norm=false"};
  const std::vector<std::string> all = resolved_settings("adapter_x", given);
  for (const std::string& pair : given) EXPECT_EQ(std::ranges::count(all, pair), 1) << pair;
  EXPECT_NO_THROW(make_method("adapter_x", all));
}

TEST_F(TrainerTest, EveryTrainingImageCountsOnceAnEpoch) {
  run(config("counted"));
  for (const EpochRecord& e : recorder_.epochs) EXPECT_NEAR(e.images_per_s * e.seconds, 16, 1e-6);
  TrainConfig c = config("both");
  c.data.train_on = TrainOn::train_and_val;
  c.train.select = Select::last;
  const TrainingResult r = run(c);
  EXPECT_FALSE(recorder_.epochs[0].evaluated());
  EXPECT_NEAR(recorder_.epochs[0].images_per_s * recorder_.epochs[0].seconds, 24, 1e-6);
  EXPECT_EQ(r.best_val_accuracy, -1);
}

TEST(MovingAverage, IsTheRecurrence) {
  const MovingAverage off(0), average(0.5);
  EXPECT_FALSE(off.on());
  std::vector<float> a = {0, 1};
  average.update(1, std::vector<float>{1, 1}, a);  // d = 2 / 11
  EXPECT_NEAR(a[0], 9.0 / 11, 1e-6);
  average.update(1000, std::vector<float>{1, 1}, a);  // d = 0.5
  EXPECT_NEAR(a[0], 10.0 / 11, 1e-6);
  EXPECT_EQ(a[1], 1);
}

// Two data sets that differ in what is bright, a head each: the mean loss falls below that of guessing, and a
// run that was stopped goes on to the same bits.
TEST_F(TrainerTest, SeveralHeadsLearnAndResume) {
  fs::copy(folder_ / "data", folder_ / "other", fs::copy_options::recursive);
  TrainConfig c = config("heads");
  c.data.path = (folder_ / "data").string() + " + " + (folder_ / "other").string();
  c.augment.mixup = 0.2;
  c.train.epochs = 12;
  EXPECT_THROW(run(c), Error);  // nothing to select on
  c.train.select = Select::last;
  c.train.lr = 3e-3;
  const TrainingResult result = run(c);
  EXPECT_TRUE(result.tested_on.empty());
  EXPECT_LT(recorder_.epochs.back().train_loss, 0.5);
  EXPECT_GT(recorder_.epochs.back().train_accuracy, 0.8);
  const AdapterFile file = open_adapter(folder_ / "heads/best/adapter.safetensors");
  EXPECT_EQ(file.info.model->classes(), 4);

  c.train.out = (folder_ / "stopped").string();
  Recorder stopping;
  stopping.stop_after = 31;
  EXPECT_TRUE(train(c, stopping, stopping.stop).interrupted);
  run(c, true);
  EXPECT_EQ(best("stopped"), best("heads"));
}

}  // namespace
}  // namespace ax
