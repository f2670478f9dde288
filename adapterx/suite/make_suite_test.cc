// A suite of two tasks by two methods on made images, its runs made by a shell script.
#include "adapterx/suite/make_suite.h"

#include <algorithm>

#include "adapterx/base/error_text_test.h"
#include "adapterx/models/synthetic_weights.h"
#include "adapterx/models/vit/vit_family.h"
#include "adapterx/suite/fake_program_test.h"
#include "adapterx/train/adapter_file.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

struct Recorder : SuiteObserver {
  void on_missing(const MissingTask& task) override { missing.push_back(note_of(task)); }
  void on_kept(size_t n, size_t) override { kept = n; }
  void on_end(const RunEnd& end) override { ended += end.finished ? "+" : "-"; }
  std::vector<std::string> missing;
  size_t kept = 0;
  std::string ended;
};

class MakeSuiteTest : public testing::FakeProgram {
 protected:
  MakeSuiteTest() {
    VitConfig vit;
    vit.width = 16;
    vit.depth = vit.heads = 1;
    vit.patch_size = 4;
    vit.image_size = 8;
    vit.classes = 0;
    save_backbone(folder_ / "backbone.safetensors", {vit_backbone(vit), vit_family().input()},
                  synthetic_source, FileDType::f32);
    options_.name = "suite.toml";
    options_.out = folder_ / "out";
  }

  SuiteConfig suite(const std::vector<std::string>& changes = {}) const {
    std::ofstream(folder_ / "suite.toml")
        << "[suite]\nweights = \"" << (folder_ / "backbone.safetensors").string() << R"("
seeds = [1, 2]
reference = "full"
[common]
epochs = 1
train_size = 8
val_size = 4
[tasks.where]
data = "dsprites:label=location,test=8"
[tasks.turn]
data = "dsprites:label=orientation,test=8"
[methods.full]
[methods.probe]
method = "linear_probe"
[tune]
seeds = [7]
[tune.full]
lr = [0.1, 0.2]
[tune.probe]
lr = [0.3, 0.4]
)";
    return read_suite(folder_ / "suite.toml", changes);
  }

  SuiteResult make(const SuiteConfig& config, const SuiteChoice& choice, const std::string& script = "make") {
    told_ = {};
    ChildProcesses children(program(kMakesRuns + script));
    return make_suite(config, resolve(config, choice), options_, children, told_);
  }

  SuiteOptions options_;
  Recorder told_;
};

TEST_F(MakeSuiteTest, OneTableOfAllRuns) {
  const SuiteConfig config = suite();
  for (const SuiteRun& r : plan_runs(config, resolve(config, {}), options_.out)) {
    prepare(r, r.row == "full" ? 0.5 : r.task == "where" ? 0.75 : 0.25);
  }
  const SuiteResult result = make(config, {});
  EXPECT_EQ(result.failed, 0);
  EXPECT_EQ(told_.ended, "++++++++");  // 2 tasks x 2 methods x 2 seeds
  EXPECT_TRUE(told_.missing.empty());
  EXPECT_EQ(result.file, options_.out / "table.md");
  EXPECT_EQ(read(result.file), result.text);
  expect_part(result.text, "75.00");
  expect_part(result.text, "mean ± standard deviation over seeds 1, 2");
  expect_part(read(options_.out / "summary.json"), "\"probe\"");

  make(config, {}, "exit 1");
  EXPECT_EQ(told_.kept, 8U);
  EXPECT_EQ(told_.ended, "");
}

TEST_F(MakeSuiteTest, TasksWithoutDataAreLeftOutAndNamed) {
  const SuiteConfig config = suite({"tasks.turn.data=no/such/images"});
  for (const SuiteRun& r : plan_runs(config, resolve(config, {}), options_.out)) prepare(r, 0.5);
  const SuiteResult result = make(config, {{}, {}, {1}});
  EXPECT_EQ(told_.ended, "++");
  ASSERT_EQ(told_.missing.size(), 1U);
  expect_part(told_.missing[0], "turn left out: no/such/images");
  expect_part(result.text, told_.missing[0]);
  expect_part(result.text, "one run each, over seeds 1");

  expect_part(error_text([&] {
                make(config, {{"turn"}, {}, {}});
              }),
              "no task is left whose data can be opened");
}

TEST_F(MakeSuiteTest, AFailedRunIsCountedAndTriedAgain) {
  const SuiteConfig config = suite();
  const SuiteChoice choice = {{"where"}, {}, {1}};
  for (const SuiteRun& r : plan_runs(config, resolve(config, choice), options_.out)) prepare(r, 0.5);
  EXPECT_EQ(make(config, choice, "case $out in */probe/*) exit 1;; *) make;; esac").failed, 1);
  EXPECT_EQ(told_.ended, "+-");
  EXPECT_EQ(make(config, choice).failed, 0);
  EXPECT_EQ(told_.kept, 1U);
  EXPECT_EQ(told_.ended, "+");
}

TEST_F(MakeSuiteTest, TuningWritesTheBestOfEachGridThatIsTriedInFull) {
  const SuiteConfig config = suite();
  options_.tune = true;
  for (const SuiteTrial& trial : plan_trials(config, resolve(config, {}), options_.out)) {
    prepare(trial.run, trial.number == 1 ? 0.75 : 0.5, "val");
  }
  const SuiteResult none = make(config, {}, "exit 1");
  EXPECT_EQ(none.failed, 8);
  EXPECT_EQ(none.text, "");
  EXPECT_FALSE(fs::exists(options_.out / "tuned.toml"));

  make(config, {{"where"}, {"full"}, {}});
  const SuiteResult result = make(config, {{"turn"}, {"full"}, {}});
  EXPECT_EQ(result.file, options_.out / "tuned.toml");
  EXPECT_EQ(read(result.file), result.text);
  expect_part(result.text, "[methods.full.tasks.where]");  // of the earlier call
  expect_part(result.text, "[methods.full.tasks.turn]");
  expect_part(result.text, "lr = 0.2");
  EXPECT_EQ(result.text.find("methods.probe"), std::string::npos);
}

TEST_F(MakeSuiteTest, AFolderOfAnotherBackboneIsRefused) {
  const SuiteConfig config = suite();
  fs::create_directories(options_.out);
  std::ofstream(options_.out / "backbone.json") << R"({"hash": "of another"})";
  expect_part(error_text([&] { make(config, {}); }), "has runs on another backbone");
  EXPECT_TRUE(begun().empty());
}

TEST_F(MakeSuiteTest, NoGridNoTuning) {
  SuiteConfig config = suite();
  config.grids.clear();
  options_.tune = true;
  expect_part(error_text([&] { make(config, {}); }), "suite.toml: no grid [tune.METHOD]");
}

}  // namespace
}  // namespace ax
