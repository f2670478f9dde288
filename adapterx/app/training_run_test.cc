// What a run leaves in its folder, what its observer is told and when, and what becomes of a stopped one.
#include "adapterx/app/training_run.h"

#include "adapterx/app/tiny_runs_test.h"
#include "adapterx/base/error_text_test.h"
#include "adapterx/report/run_folder.h"
#include "adapterx/tasks/class_evaluation.h"
#include "adapterx/train/adapter_file.h"

namespace ax {
namespace {

namespace fs = std::filesystem;
using testing::kNever;
using testing::read_text;
using testing::tiny_runs;

// Looks at the folder at each event.
struct Watcher : TrainingRunObserver {
  explicit Watcher(fs::path out, int64_t last = -1) : folder(std::move(out)), stop_after(last) {}

  void on_ready() override {
    ++readies;
    existed_when_ready = fs::exists(folder / "config.toml");
  }
  void on_start(const TrainingStart& start) override {
    ++starts;
    first_epoch = start.first_epoch;
    unfinished = !load_run(folder).facts.finished;
  }
  void on_step(const StepRecord&) override {
    if (++steps == stop_after) stop = true;
  }
  void on_epoch(const EpochResult& e, const Evaluation*) override {
    ++epochs;
    logged = logged && std::ssize(load_run(folder).epochs) == e.record.epoch;
  }
  void on_evaluation(std::string_view split, int64_t, int64_t) override { splits += split; }

  fs::path folder;
  int64_t stop_after, steps = 0, readies = 0, starts = 0, epochs = 0, first_epoch = -1;
  bool existed_when_ready = true, unfinished = false, logged = true;
  std::string splits;
  std::atomic<bool> stop{false};
};

TEST(TrainingRun, TheFolderIsAheadOfWhatIsTold) {
  const TrainConfig c = tiny_runs().config("images", "full", "told");
  Watcher watcher(c.train.out);
  const TrainingResult result = run_training(c, watcher, kNever);
  EXPECT_FALSE(result.interrupted);
  EXPECT_EQ(watcher.readies, 1);
  EXPECT_EQ(watcher.starts, 1);
  EXPECT_EQ(watcher.epochs, 2);
  EXPECT_FALSE(watcher.existed_when_ready);
  EXPECT_TRUE(watcher.unfinished);
  EXPECT_TRUE(watcher.logged);
  EXPECT_NE(watcher.splits.find("test"), std::string::npos);
  EXPECT_GT(watcher.steps, 0);
}

TEST(TrainingRun, AFinishedFolderHoldsTheRun) {
  const TrainingResult& result = tiny_runs().result("images", "adaptformer_x");
  const fs::path folder = tiny_runs().path("images_adaptformer_x");
  const RunRecord run = load_run(folder);
  EXPECT_TRUE(run.facts.finished);
  EXPECT_EQ(run.facts.accuracy, result.test->score());
  EXPECT_EQ(run.facts.method, "adaptformer_x");
  EXPECT_EQ(run.facts.train_images, 24);
  EXPECT_EQ(run.facts.test_images, 24);
  EXPECT_EQ(std::ssize(run.epochs), 2);
  EXPECT_EQ(run.findings.confusion.classes, (std::vector<std::string>{"bright", "dark"}));
  EXPECT_EQ(run.findings.confusion.counts, of_classes(*result.test).confusion());
  EXPECT_EQ(run.config, to_toml(tiny_runs().config("images", "adaptformer_x", "images_adaptformer_x")));
  EXPECT_TRUE(fs::exists(report_of_run(folder)));
  EXPECT_EQ(static_cast<int64_t>(fs::file_size(adapter_of_run(folder))), result.adapter_bytes);
}

TEST(TrainingRun, AStoppedOneResumesToTheSame) {
  TrainConfig c = tiny_runs().config("images", "full", "stopped");
  Watcher first(c.train.out, 7);  // of five batches an epoch: in the second
  EXPECT_TRUE(run_training(c, first, first.stop).interrupted);
  EXPECT_FALSE(load_run(c.train.out).facts.finished);
  EXPECT_FALSE(fs::exists(report_of_run(c.train.out)));

  Watcher nobody(c.train.out);
  expect_part(error_text([&] { run_training(c, nobody, kNever); }), "stopped");
  EXPECT_EQ(nobody.readies, 0);  // refused before the data are opened

  Watcher second(c.train.out);
  EXPECT_FALSE(run_training(c, second, kNever, true).interrupted);
  EXPECT_EQ(second.first_epoch, 1);
  EXPECT_EQ(std::ssize(load_run(c.train.out).epochs), 2);
  EXPECT_EQ(read_text(adapter_of_run(c.train.out)), read_text(tiny_runs().adapter("images", "full")));
}

TEST(TrainingRun, ResumingBeginsWhereNothingIs) {
  const TrainConfig c = tiny_runs().config("images", "full", "begun");
  Watcher watcher(c.train.out);
  EXPECT_FALSE(run_training(c, watcher, kNever, true).interrupted);
  EXPECT_EQ(watcher.first_epoch, 0);
  EXPECT_TRUE(load_run(c.train.out).facts.finished);
}

TEST(TrainingRun, TheBackboneOfAPretrainingIsItsModelWithoutAHead) {
  const AdapterFile trained = open_adapter(tiny_runs().adapter("images", "full"));
  const fs::path file = write_trained_backbone(tiny_runs().path("images_full"));
  EXPECT_EQ(file, tiny_runs().path("images_full") / "backbone.safetensors");
  const BackboneCheckpoint checkpoint = open_backbone(file, {});
  EXPECT_FALSE(checkpoint.has_head);
  EXPECT_EQ(checkpoint.backbone->classes(), 0);
  for (const auto& [name, shape] : checkpoint.backbone->parameters().all()) {
    std::vector<float> values(static_cast<size_t>(shape.size())), expected(values.size());
    ASSERT_TRUE(checkpoint.source(name, shape, values)) << name;
    ASSERT_TRUE(trained.source({})(name, shape, expected)) << name;
    EXPECT_EQ(values, expected) << name;
  }
}

TEST(TrainingRun, AnAdapterIsNoBackbone) {
  tiny_runs().adapter("images", "adaptformer_x");
  expect_part(error_text([] { write_trained_backbone(tiny_runs().path("images_adaptformer_x")); }),
              "got an adapter of adaptformer_x");
}

}  // namespace
}  // namespace ax
