#include "adapterx/app/pixel_baseline.h"

#include "adapterx/app/tiny_runs_test.h"
#include "adapterx/base/error_text_test.h"
#include "adapterx/base/parallel.h"
#include "adapterx/report/run_folder.h"
#include "adapterx/suite/run_standing.h"

namespace ax {
namespace {

namespace fs = std::filesystem;
using testing::tiny_runs;

class PixelBaselineTest : public ::testing::Test {
 protected:
  ThreadCount threads_{1};  // the images are few and small
};

TrainConfig config(const std::string& out) {
  TrainConfig c;
  c.data.path = tiny_runs().path("images").string();
  c.data.split_seed = 5;
  if (!out.empty()) c.train.out = tiny_runs().path(out).string();
  return c;
}

TEST_F(PixelBaselineTest, LeavesARunsFolder) {
  const PixelBaseline result = run_pixel_baseline(config("pixels"), 4);
  EXPECT_EQ(result.accuracy, 1);  // bright and dark are told apart by any pixel
  EXPECT_EQ(result.images, 24);
  EXPECT_EQ(result.parameters, 2 * (3 * 4 * 4 + 1));
  EXPECT_GT(result.seconds, 0);
  const RunFacts facts = load_run(tiny_runs().path("pixels")).facts;
  EXPECT_TRUE(facts.finished);
  EXPECT_EQ(facts.method, "pixel_regression");
  EXPECT_EQ(facts.accuracy, 1);
  EXPECT_EQ(facts.accuracy_split, "test");
  EXPECT_EQ(facts.best_val_accuracy, result.val_accuracy);
  EXPECT_EQ(facts.seed, 5U);
  EXPECT_EQ(facts.train_images + facts.val_images, 24);
  EXPECT_EQ(facts.parameters.total(), result.parameters);
  expect_part(error_text([] { run_pixel_baseline(config("pixels"), 4); }), "pixels");  // the folder is taken
}

// A suite plans such runs and has to find its own again.
TEST_F(PixelBaselineTest, IsTheRunThatASuitePlans) {
  SuiteRun run;
  run.config = config("of_a_suite");
  run.folder = run.config.train.out;
  run.config.method = {kPixelRegression, {{"size", "4"}}};
  run.config.train.seed = 5;
  run_pixel_baseline(config("of_a_suite"), 4);
  EXPECT_EQ(standing_of(run).state, RunStanding::State::finished);
}

TEST_F(PixelBaselineTest, WithoutAFolderNothingIsWritten) {
  EXPECT_EQ(run_pixel_baseline(config(""), 2).parameters, 2 * (3 * 2 * 2 + 1));
}

TEST_F(PixelBaselineTest, NeedsTestImages) {
  const fs::path data = tiny_runs().path("no_test");
  fs::create_directories(data);
  fs::copy(tiny_runs().path("images") / "train", data / "train", fs::copy_options::recursive);
  TrainConfig c = config("untested");
  c.data.path = data.string();
  expect_part(error_text([&] { run_pixel_baseline(c, 4); }),
              "expected training and test images, got no test images");
  EXPECT_FALSE(fs::exists(c.train.out));
}

}  // namespace
}  // namespace ax
