#include "adapterx/app/adapter_evaluation.h"

#include "adapterx/app/tiny_runs_test.h"
#include "adapterx/base/error_text_test.h"
#include "adapterx/base/parallel.h"
#include "adapterx/tasks/class_evaluation.h"

namespace ax {
namespace {

namespace fs = std::filesystem;
using testing::tiny_runs;

struct Watcher : EvaluationObserver {
  void on_data(const DataSplits&) override { told += "data "; }
  void on_begin(std::string_view noun, int64_t n) override {
    told += noun;
    total = n;
  }
  void on_samples(int64_t n) override { done = n; }
  std::string told;
  int64_t total = 0, done = 0;
};

class AdapterEvaluationTest : public ::testing::Test {
 protected:
  static AdaptedModel model(const std::string& data, const std::string& method) {
    return open_adapted_model(tiny_runs().adapter(data, method),
                              method == "full" ? "" : tiny_runs().adapter(data, "full").string());
  }

  static EvaluationOptions options(const std::string& data) {
    EvaluationOptions o;
    o.data = tiny_runs().config(data, "full", "").data;
    o.batch = 5;
    o.compile.precision = Precision::fp32;
    return o;
  }

  std::string error_of(const AdaptedModel& m, const EvaluationOptions& o) {
    return error_text([&] { evaluate_adapter(m, o, watcher_); });
  }

  ThreadCount threads_{1};
  Watcher watcher_;
};

TEST_F(AdapterEvaluationTest, FindsWhatTheRunFound) {
  for (const auto& [data, method] : std::vector<std::pair<std::string, std::string>>{
           {"images", "full"}, {"images", "adaptformer_x"}, {"clouds", "full"}, {"clouds", "dapt_x"}}) {
    const ClassEvaluation& run = of_classes(*tiny_runs().result(data, method).test);
    Watcher watcher;
    const EvaluationPtr found = evaluate_adapter(model(data, method), options(data), watcher);
    const ClassEvaluation& e = of_classes(*found);
    EXPECT_EQ(e.samples, run.samples);
    EXPECT_EQ(e.confusion(), run.confusion());
    EXPECT_NEAR(e.loss, run.loss, 1e-6);
    EXPECT_EQ(watcher.told, "data " + data);
    EXPECT_EQ(watcher.total, e.samples);
    EXPECT_EQ(watcher.done, e.samples);
  }
}

TEST_F(AdapterEvaluationTest, AnotherSplit) {
  EvaluationOptions o = options("images");
  o.split = Split::train;
  EXPECT_EQ(evaluate_adapter(model("images", "full"), o, watcher_)->samples, 24);
  o.split = Split::val;  // val_fraction is 0
  expect_part(error_of(model("images", "full"), o), ": no val images");
}

TEST_F(AdapterEvaluationTest, VotesAreDrawnByTheirSeed) {
  EvaluationOptions o = options("clouds");
  o.votes = 3;
  const AdaptedModel m = model("clouds", "full");
  const double loss = evaluate_adapter(m, o, watcher_)->loss;
  EXPECT_EQ(watcher_.total, 3 * 20);
  EXPECT_EQ(evaluate_adapter(m, o, watcher_)->loss, loss);
  o.vote_seed = 9;
  EXPECT_NE(evaluate_adapter(m, o, watcher_)->loss, loss);
}

TEST_F(AdapterEvaluationTest, ImagesHaveNoVotes) {
  EvaluationOptions o = options("images");
  o.votes = 2;
  EXPECT_FALSE(model("images", "full").adapter.info.input->draws_samples());
  EXPECT_TRUE(model("clouds", "full").adapter.info.input->draws_samples());
  expect_part(error_of(model("images", "full"), o), "expected an adapter of point clouds");
  EXPECT_EQ(watcher_.told, "");
}

TEST_F(AdapterEvaluationTest, OtherClassesAreNamed) {
  const fs::path other = tiny_runs().path("other_classes");
  fs::copy(tiny_runs().path("images"), other, fs::copy_options::recursive);
  for (const char* split : {"train", "test"}) fs::rename(other / split / "dark", other / split / "dim");
  EvaluationOptions o = options("images");
  o.data.path = other.string();
  expect_part(error_of(model("images", "full"), o), "class 1: expected `dark`");
  for (const char* split : {"train", "test"}) fs::copy(other / split / "dim", other / split / "night");
  expect_part(error_of(model("images", "full"), o), "expected the 2 classes of");
}

}  // namespace
}  // namespace ax
