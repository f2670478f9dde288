#include "adapterx/suite/suite_plan.h"

#include <algorithm>
#include <set>

#include "adapterx/suite/suite_files_test.h"

namespace ax {
namespace {

class SuitePlan : public testing::SuiteFiles {
 protected:
  std::vector<SuiteRun> plan(const SuiteChoice& choice = {}) const {
    return plan_runs(suite_, resolve(suite_, choice), "out");
  }
  static const TrainConfig& config_of(const std::vector<SuiteRun>& runs, const std::string& folder) {
    const auto found = std::ranges::find(runs, folder, [](const SuiteRun& r) { return r.folder.string(); });
    if (found == runs.end()) fail("no run {}", folder);
    return found->config;
  }

  SuiteConfig suite_ = read_suite(write(testing::kSuite));
};

TEST_F(SuitePlan, IsEveryTaskMethodAndSeedOnce) {
  const std::vector<SuiteRun> runs = plan();
  ASSERT_EQ(runs.size(), 2u * 2 * 3);
  std::set<std::string> folders;
  for (const SuiteRun& run : runs) folders.insert(run.folder.string());
  EXPECT_EQ(folders.size(), runs.size());
  EXPECT_EQ(runs[0].folder, "out/zebra/raw/seed-3");
  EXPECT_EQ(runs[1].folder, "out/zebra/full/seed-3");
  EXPECT_EQ(runs[3].folder, "out/ant/raw/seed-3");
  EXPECT_EQ(runs[6].folder, "out/zebra/raw/seed-1");
}

TEST_F(SuitePlan, LaterSettingsWin) {
  const std::vector<SuiteRun> runs = plan();
  const TrainConfig& zebra = config_of(runs, "out/zebra/adapter/seed-1");
  EXPECT_EQ(zebra.train.lr, 0.5);  // of the task
  EXPECT_EQ(zebra.train.epochs, 10);
  EXPECT_EQ(zebra.data.path, "stripes");
  EXPECT_EQ(zebra.method.settings.at("scale"), "2");
  const TrainConfig& ant = config_of(runs, "out/ant/adapter/seed-1");
  EXPECT_EQ(ant.train.lr, 0.125);
  EXPECT_EQ(ant.augment.flip, 0.5);
  EXPECT_EQ(ant.method.settings.at("scale"), "5");
  EXPECT_EQ(ant.method.settings.at("rank"), "8");
  const TrainConfig& full = config_of(runs, "out/zebra/full/seed-3");
  EXPECT_EQ(full.train.lr, 0.25);
  EXPECT_TRUE(full.method.settings.empty());  // full has no scale
}

TEST_F(SuitePlan, TheCommandLineWins) {
  write("[methods.adapter.tasks.ant]\nlr = 7\n", "tuned.toml");
  const auto file = changed("[common]", "tuned = \"" + (folder_ / "tuned.toml").string() + "\"\n[common]");
  const auto lr = [&](const std::vector<std::string>& changes) {
    suite_ = read_suite(file, changes);
    return config_of(plan(), "out/ant/adapter/seed-1").train.lr;
  };
  EXPECT_EQ(lr({}), 7);
  EXPECT_EQ(lr({"methods.adapter.lr=9"}), 9);
  EXPECT_EQ(lr({"common.lr=9"}), 7);
  suite_ = read_suite(file, {"tasks.ant.flip=0"});  // the file has augment.flip
  EXPECT_EQ(config_of(plan(), "out/ant/full/seed-1").augment.flip, 0);
}

TEST_F(SuitePlan, RunsTrainOnAllOfTheThousandAndTestOnce) {
  for (const SuiteRun& run : plan()) {
    if (run.of_pixels()) continue;
    EXPECT_EQ(run.config.data.train_on, TrainOn::train_and_val);
    EXPECT_EQ(run.config.train.select, Select::last);
    EXPECT_TRUE(run.config.data.use_test);
    EXPECT_EQ(run.config.train.seed, run.seed);
    EXPECT_EQ(run.config.data.split_seed, run.seed);
    EXPECT_EQ(run.config.model.weights, "w.safetensors");
    EXPECT_EQ(run.config.train.out, run.folder.string());
  }
}

TEST_F(SuitePlan, PixelsKeepTheDataAlone) {
  const TrainConfig raw = config_of(plan(), "out/ant/raw/seed-3");
  EXPECT_EQ(raw.method.settings, (std::map<std::string, std::string>{{"size", "9"}}));
  EXPECT_EQ(raw.data.train_size, 800);
  EXPECT_EQ(raw.data.split_seed, 3u);
  EXPECT_EQ(raw.train.epochs, TrainConfig().train.epochs);
  EXPECT_EQ(raw.model.weights, "");
}

TEST_F(SuitePlan, AblationsChangeTheirBase) {
  const std::vector<SuiteRun> runs = plan({{}, {}, {}, true});
  ASSERT_EQ(runs.size(), 2u * 2);  // the base, too; one seed
  EXPECT_EQ(runs[0].row, "adapter");
  const TrainConfig& narrow = config_of(runs, "out/ant/narrow/seed-1");
  EXPECT_EQ(narrow.method.settings.at("rank"), "4");
  EXPECT_EQ(narrow.method.settings.at("scale"), "5");
  EXPECT_EQ(narrow.train.lr, 0.125);  // of the base on this task
  EXPECT_EQ(plan({{}, {"narrow"}, {}, true}).size(), runs.size());
}

TEST_F(SuitePlan, TakesAPart) {
  const std::vector<SuiteRun> runs = plan({{"ant"}, {"adapter", "raw"}, {9}, false});
  ASSERT_EQ(runs.size(), 2u);
  EXPECT_EQ(runs[0].folder, "out/ant/raw/seed-9");
  expect_error([&] { plan({{"aunt"}, {}, {}, false}); }, "unknown task `aunt`");
  expect_error([&] { plan({{}, {"ful"}, {}, false}); }, "did you mean `full`?");
  expect_error([&] { plan({{}, {"narrow"}, {}, false}); }, "unknown method `narrow`");
  expect_error([&] { plan({{}, {"full"}, {}, true}); }, "unknown ablation `full`");
  expect_error([&] { plan({{}, {}, {4, 4}, false}); }, "seeds: 4 is there twice");
}

TEST_F(SuitePlan, TrialsSeeNoTestImage) {
  const std::vector<SuiteTrial> trials = plan_trials(suite_, resolve(suite_, {}), "out");
  ASSERT_EQ(trials.size(), 2u * 2 * 4 * 2);  // tasks, methods with a grid, trials, seeds
  std::set<std::string> folders;
  for (const SuiteTrial& t : trials) {
    folders.insert(t.run.folder.string());
    EXPECT_FALSE(t.run.config.data.use_test);
    EXPECT_EQ(t.run.config.data.train_on, TrainOn::train);
    EXPECT_EQ(t.run.config.train.select, Select::last);
    EXPECT_EQ(t.run.config.train.eval_every, 10);  // once, at the end
  }
  EXPECT_EQ(folders.size(), trials.size());
  EXPECT_TRUE(folders.contains("out/tune/zebra/full/lr=3/seed-71"));
  const auto last = std::ranges::find(folders, "out/tune/ant/adapter/lr=0.2,scale=10/seed-70");
  ASSERT_NE(last, folders.end());
  const TrainConfig& config =
      std::ranges::find(trials, *last, [](const SuiteTrial& t) { return t.run.folder.string(); })->run.config;
  EXPECT_EQ(config.train.lr, 0.2);
  EXPECT_EQ(config.method.settings.at("scale"), "10");
  EXPECT_EQ(config.data.split_seed, 70u);
}

}  // namespace
}  // namespace ax
