#include "adapterx/app/comparison.h"

#include <cmath>

#include "adapterx/app/tiny_runs_test.h"
#include "adapterx/base/error_text_test.h"

namespace ax {
namespace {

using testing::tiny_runs;

RunSummary run(const std::string& method, uint64_t seed, double accuracy) {
  RunSummary r;
  r.run = method + std::to_string(seed);
  r.method = method;
  r.seed = seed;
  r.accuracy = accuracy;
  r.seconds = 10 * static_cast<double>(seed);
  r.peak_rss_mb = 100 - static_cast<double>(seed);
  r.trained_parameters = 1000 + static_cast<int64_t>(seed);
  r.finished = true;
  return r;
}

TEST(Comparison, OfARunsFolder) {
  const TrainingResult& result = tiny_runs().result("images", "adaptformer_x");
  const std::string folder = tiny_runs().path("images_adaptformer_x").string();
  const RunSummary s = summarize_run(folder);
  EXPECT_EQ(s.run, folder);
  EXPECT_EQ(s.method, "adaptformer_x");
  EXPECT_EQ(s.accuracy, result.test->score());
  EXPECT_EQ(s.trained_parameters, result.parts.total);
  EXPECT_NEAR(s.percent, result.parts.percent(), 1e-9);
  EXPECT_EQ(s.adapter_bytes, result.adapter_bytes);
  EXPECT_TRUE(s.finished);
  expect_part(error_text([] { summarize_run("no/such/run"); }), "no/such/run");
}

TEST(Comparison, MethodsInTheOrderOfTheirFirstRuns) {
  const auto methods = summarize_methods(
      {run("full", 3, 0.5), run("lora", 1, 0.9), run("full", 4, 0.6), run("full", 5, 0.85)});
  ASSERT_EQ(methods.size(), 2U);
  const MethodSummary& full = methods[0];
  EXPECT_EQ(full.method, "full");
  EXPECT_EQ(full.runs, (std::vector<std::string>{"full3", "full4", "full5"}));
  EXPECT_EQ(full.seeds, (std::vector<uint64_t>{3, 4, 5}));
  EXPECT_NEAR(full.accuracy.mean, 0.65, 1e-12);
  EXPECT_NEAR(full.accuracy.deviation, std::sqrt(0.0325), 1e-12);  // (.15² + .05² + .2²) / 2
  EXPECT_EQ(full.accuracy_least, 0.5);
  EXPECT_EQ(full.accuracy_greatest, 0.85);
  EXPECT_EQ(full.seconds, 40);
  EXPECT_EQ(full.peak_rss_mb, 97);
  EXPECT_EQ(full.trained_parameters, 1003);
  EXPECT_EQ(methods[1].method, "lora");
  EXPECT_TRUE(std::isnan(methods[1].accuracy.deviation));  // one run has no spread
}

TEST(Comparison, RunsWithoutAResultCountAsUnfinishedAlone) {
  RunSummary begun = run("full", 2, kNotMeasured);
  begun.finished = false;
  begun.seconds = begun.peak_rss_mb = kNotMeasured;
  const MethodSummary some = summarize_methods({run("full", 1, 0.5), begun})[0];
  EXPECT_EQ(some.accuracy.mean, 0.5);
  EXPECT_EQ(some.seconds, 10);
  EXPECT_EQ(some.peak_rss_mb, 99);
  EXPECT_FALSE(some.finished);
  const MethodSummary none = summarize_methods({begun})[0];
  EXPECT_TRUE(std::isnan(none.accuracy.mean));
  EXPECT_TRUE(std::isnan(none.accuracy_least));
  EXPECT_TRUE(std::isnan(none.accuracy_greatest));
  EXPECT_TRUE(std::isnan(none.peak_rss_mb));
}

}  // namespace
}  // namespace ax
