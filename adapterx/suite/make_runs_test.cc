#include "adapterx/suite/make_runs.h"

#include <algorithm>
#include <csignal>

#include "adapterx/base/error_text_test.h"
#include "adapterx/suite/fake_program_test.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

// Keeps copies of what it is told.
struct Recorder : RunsObserver {
  void on_kept(size_t n, size_t all) override { kept = std::to_string(n) + " of " + std::to_string(all); }
  void on_end(const RunEnd& end) override {
    order += end.run.task + (end.finished ? "+" : "-");
    numbers.push_back(end.number);
    reasons.push_back(end.reason);
    seconds_left.push_back(end.seconds_left);
    EXPECT_EQ(end.log, fs::path(end.run.folder.string() + ".log"));
  }
  std::string kept, order;
  std::vector<size_t> numbers;
  std::vector<std::string> reasons;
  std::vector<double> seconds_left;
};

class MakeRunsTest : public testing::FakeProgram {
 protected:
  RunsDone make(const std::vector<SuiteRun>& runs, const fs::path& file, const RunOptions& options = {}) {
    told_ = {};
    results_.clear();
    ChildProcesses children(file);
    return make_runs(runs, options, children, told_,
                     [&](size_t i, const RunFacts& facts) { results_.emplace_back(i, facts.accuracy); });
  }

  using Results = std::vector<std::pair<size_t, double>>;
  Recorder told_;
  Results results_;
};

TEST_F(MakeRunsTest, EachRunByAProcessWithItsSettings) {
  const std::vector<SuiteRun> runs = {run("ant", 1), run("bee", 1)};
  for (const SuiteRun& r : runs) prepare(r, 0.25);
  const fs::path file = program("echo \"$@\" $OMP_NUM_THREADS" + std::string(kMakesRuns) + "make");
  const RunsDone done = make(runs, file, {.jobs = 1, .threads = 3});
  EXPECT_EQ(done.failed, 0);
  EXPECT_EQ(done.signal, 0);
  EXPECT_EQ(told_.kept, "");
  EXPECT_EQ(told_.order, "ant+bee+");
  EXPECT_EQ(told_.numbers, (std::vector<size_t>{1, 2}));
  EXPECT_EQ(results_, (Results{{0, 0.25}, {1, 0.25}}));
  EXPECT_EQ(told_.seconds_left[1], 0);
  const std::string log = read(runs[0].folder.string() + ".log");
  expect_part(log, "train --resume --data ant --out " + runs[0].folder.string());
  expect_part(log, "train.lr=0.5");
  expect_part(log, "train.threads=3");
  EXPECT_TRUE(log.ends_with(" 3\n")) << log;
}

TEST_F(MakeRunsTest, KeepsFinishedRunsAndGoesOnWithBegunOnes) {
  const std::vector<SuiteRun> runs = {run("ant", 1), run("bee", 1), run("cow", 1)};
  write_run(runs[1], runs[1].folder, 0.75);
  SuiteRun begun_run = runs[2];
  begun_run.config.train.threads = 2;  // a resumed run has to have as many as it was begun with
  write_run(begun_run, begun_run.folder, 0, false);
  std::ofstream(runs[2].folder / "marker") << "of the first attempt";
  for (const SuiteRun& r : runs) prepare(r, 0.5);
  const RunsDone done =
      make(runs, program("echo threads $OMP_NUM_THREADS\n" + std::string(kMakesRuns) + "make"));
  EXPECT_EQ(done.failed, 0);
  EXPECT_EQ(told_.kept, "1 of 3");
  EXPECT_EQ(begun(), (std::vector<std::string>{runs[0].folder.string(), runs[2].folder.string()}));
  EXPECT_EQ(results_, (Results{{1, 0.75}, {0, 0.5}, {2, 0.5}}));
  EXPECT_EQ(told_.numbers, (std::vector<size_t>{2, 3}));
  EXPECT_TRUE(fs::exists(runs[2].folder / "marker"));
  EXPECT_EQ(read(runs[2].folder.string() + ".log"), "threads 2\n");
  EXPECT_EQ(read(runs[0].folder.string() + ".log"), "threads 1\n");

  make(runs, program("exit 1"));  // nothing is left to be run
  EXPECT_EQ(told_.kept, "3 of 3");
  EXPECT_EQ(results_.size(), 3U);
}

TEST_F(MakeRunsTest, ReplacesRunsOfOtherSettingsOnlyWhenTold) {
  const std::vector<SuiteRun> runs = {run("ant", 1), run("bee", 1)};
  const SuiteRun other = run("bee", 1, 0.125);
  write_run(other, other.folder, 0.75);
  std::ofstream(other.folder / "marker") << "of the other settings";
  for (const SuiteRun& r : runs) prepare(r, 0.5);
  const fs::path file = program(std::string(kMakesRuns) + "make");
  const std::string text = error_text([&] { make(runs, file); });
  expect_part(text, other.folder.string() + ": made by other settings: train.lr: 0.125, 0.5");
  EXPECT_TRUE(begun().empty());  // not even the first
  EXPECT_TRUE(fs::exists(other.folder / "marker"));

  const RunsDone done = make(runs, file, {.jobs = 1, .threads = 1, .replace = true});
  EXPECT_EQ(done.failed, 0);
  EXPECT_EQ(results_, (Results{{0, 0.5}, {1, 0.5}}));
  EXPECT_FALSE(fs::exists(other.folder / "marker"));
}

TEST_F(MakeRunsTest, AFailingRunIsToldWithItsReasonAndTheOthersGoOn) {
  const std::vector<SuiteRun> runs = {run("ant", 1), run("bee", 1), run("cow", 1), run("dog", 1)};
  prepare(runs[3], 0.5);
  const RunsDone done = make(runs, program(std::string(kMakesRuns) + R"(case $out in
  */ant/*) echo loading; echo "adapterx: no such data" >&2; echo bye; exit 1;;
  */bee/*) echo first; echo last; echo; exit 1;;
  */cow/*) kill -9 $$;;
  *) make;;
esac)"));
  EXPECT_EQ(done.failed, 3);
  EXPECT_EQ(done.signal, 0);
  EXPECT_EQ(told_.order, "ant-bee-cow-dog+");
  EXPECT_EQ(told_.reasons,
            (std::vector<std::string>{"adapterx: no such data", "last", "ended by signal 9", ""}));
  EXPECT_EQ(results_, (Results{{3, 0.5}}));
}

TEST_F(MakeRunsTest, SomeAtATime) {
  const std::vector<SuiteRun> runs = {run("ant", 1), run("bee", 1)};
  for (const SuiteRun& r : runs) prepare(r, 0.5);
  // Each waits for the other to have begun: with one job it would wait in vain.
  const RunsDone done = make(runs, program(std::string(kMakesRuns) + R"(i=0
while [ $(wc -l <"$HERE/begun") -lt 2 ] && [ $i -lt 500 ]; do sleep 0.01; i=$((i + 1)); done
[ $i -lt 500 ] && make)"),
                             {.jobs = 2, .threads = 1});
  EXPECT_EQ(done.failed, 0);
  EXPECT_EQ(results_.size(), 2U);
}

TEST_F(MakeRunsTest, ASignalEndsCleanly) {
  const std::vector<SuiteRun> runs = {run("ant", 1), run("bee", 1), run("cow", 1)};
  prepare(runs[0], 0.5);
  // The first run finishes; the second is stopped by the signal that it brings about itself; the third is not
  // begun.
  const fs::path file =
      program(std::string(kMakesRuns) +
              "case $out in */ant/*) make; exit;; esac\n"
              "trap 'echo checkpoint; exit 1' INT\nkill -INT $PPID\nwhile :; do sleep 0.01; done");
  const RunsDone done = make(runs, file);
  EXPECT_EQ(done.signal, SIGINT);
  EXPECT_EQ(done.failed, 0);  // a run that was stopped didn't fail
  EXPECT_EQ(told_.order, "ant+");
  EXPECT_EQ(results_, (Results{{0, 0.5}}));
  EXPECT_EQ(begun().size(), 2U);
  EXPECT_EQ(read(runs[1].folder.string() + ".log"), "checkpoint\n");

  prepare(runs[1], 0.5);
  prepare(runs[2], 0.5);
  EXPECT_EQ(make(runs, program(std::string(kMakesRuns) + "make")).signal, 0);  // the same call goes on
  EXPECT_EQ(told_.kept, "1 of 3");
  EXPECT_EQ(results_.size(), 3U);
}

TEST_F(MakeRunsTest, RunsOfPixelsAreBaselines) {
  SuiteRun r = run("ant", 1);
  r.config = {};
  r.config.data.path = "ant";
  r.config.data.train_size = 40;
  r.config.method = {kPixelRegression, {{"size", "9"}}};
  r.config.train.out = r.folder.string();
  write_run(r, r.folder, 0, false);  // such a run has no checkpoint to go on from
  prepare(r, 0.5);
  const RunsDone done = make({r}, program("echo \"$@\"" + std::string(kMakesRuns) + "[ -e $out ] || make"));
  EXPECT_EQ(done.failed, 0);
  EXPECT_EQ(results_, (Results{{0, 0.5}}));
  const std::string log = read(r.folder.string() + ".log");
  EXPECT_TRUE(log.starts_with("baseline --data ant --out " + r.folder.string() + " --size 9 ")) << log;
  expect_part(log, " data.train_size=40\n");
}

}  // namespace
}  // namespace ax
