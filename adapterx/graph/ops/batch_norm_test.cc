// Running statistics: buffers that a training session moves, as torch.nn.BatchNorm1d does.
#include "adapterx/graph/ops/batch_norm.h"

#include <gtest/gtest.h>

#include <cmath>

#include "adapterx/base/error_text_test.h"
#include "adapterx/graph/compile.h"
#include "adapterx/graph/ops/activation.h"
#include "adapterx/graph/ops/reduce.h"

namespace ax {
namespace {

constexpr float kMomentum = 0.25f;

// Sessions over y = batch_norm(x [4, 2]), whose parameters they share.
class BatchNormSessions : public ::testing::Test {
 protected:
  std::unique_ptr<Session> session(bool training, bool buffers = true) {
    Graph g;
    const Value x = g.input("x", {4, 2});
    const auto statistic = [&](const char* name, Init init) {
      return buffers ? g.buffer(name, {2}, init) : g.parameter(name, {2}, init);
    };
    const BatchNormParameters p = {g.parameter("weight", {2}, Init::ones(), {.trained = true}),
                                   g.parameter("bias", {2}, Init::zeros(), {.trained = true}),
                                   statistic("running_mean", Init::zeros()),
                                   statistic("running_var", Init::ones())};
    const Value y = batch_norm(x, p, training, 0, kMomentum);
    if (!trained_) {
      trained_ = std::make_shared<TrainedParameters>(g);
      trained_->initialise(nullptr, 0);
    }
    trained_->expect_same(g);
    CompileRequest request;
    request.outputs = {{"y", y}, {"mean", p.running_mean}, {"var", p.running_var}};
    if (training) request.loss = sum(y);
    request.trained = trained_;
    return compile(g, request);
  }
  static void feed(Session& s, std::vector<float> x) { std::copy(x.begin(), x.end(), s.input("x").f32()); }
  static std::vector<float> read(const Session& s, const char* name) {
    const auto values = s.output(name).f32_span();
    return {values.begin(), values.end()};
  }

  std::shared_ptr<TrainedParameters> trained_;
};

// Columns with means 4, 10 and unbiased variances 20/3, 4/3.
const std::vector<float> kX = {1, 9, 3, 11, 5, 9, 7, 11};

TEST_F(BatchNormSessions, TrainingMovesWhatEvaluationSees) {
  const auto training = session(true), evaluation = session(false);
  feed(*training, kX);
  feed(*evaluation, kX);
  evaluation->run();
  EXPECT_EQ(read(*evaluation, "y"), kX);
  float mean[] = {0, 0}, var[] = {1, 1};
  for (int pass = 0; pass < 3; ++pass) {
    training->run(0, static_cast<uint32_t>(pass));
    for (int j = 0; j < 2; ++j) {
      mean[j] += kMomentum * ((j == 0 ? 4.0f : 10.0f) - mean[j]);
      var[j] += kMomentum * ((j == 0 ? 20.0f : 4.0f) / 3 - var[j]);
    }
    evaluation->run();
    const std::vector<float> y = read(*evaluation, "y");
    for (size_t j = 0; j < 2; ++j) {
      EXPECT_FLOAT_EQ(read(*training, "mean")[j], mean[j]);
      EXPECT_FLOAT_EQ(read(*training, "var")[j], var[j]);
      EXPECT_EQ(read(*evaluation, "var"), read(*training, "var"));
      EXPECT_NEAR(y[j], (kX[j] - mean[j]) / std::sqrt(var[j]), 1e-5);
    }
    EXPECT_NEAR(read(*training, "y")[0], (1 - 4) / std::sqrt(5.0), 1e-5);
  }
}

TEST_F(BatchNormSessions, FrozenStatisticsStay) {
  const auto training = session(true, false);
  feed(*training, kX);
  training->run();
  EXPECT_NEAR(read(*training, "y")[0], (1 - 4) / std::sqrt(5.0), 1e-5);
  EXPECT_EQ(read(*training, "mean"), (std::vector<float>{0, 0}));
  EXPECT_EQ(read(*training, "var"), (std::vector<float>{1, 1}));
}

// The backward of both needs the norm's input alone: no kernel of the ReLU, and no memory between.
TEST(BatchNorm, AReluBehindItIsFoldedIn) {
  Graph g;
  const auto p = [&](const char* name) { return g.parameter(name, {8}, Init::ones(), {.trained = true}); };
  const auto b = [&](const char* name) { return g.buffer(name, {8}, Init::ones()); };
  const Value x = batch_norm(g.input("x", {4, 8}), {p("w"), p("b"), b("mean"), b("var")}, true);
  CompileRequest request;
  request.loss = sum(relu(x));
  request.trained = std::make_shared<TrainedParameters>(g);
  const auto session = compile(g, request);
  for (const Step& step : session->steps()) {
    EXPECT_FALSE(step.op.starts_with("relu")) << step.op;
  }
}

TEST(BatchNorm, OneRowHasNoStatistics) {
  const auto build = [](int64_t rows, bool batch_statistics) {
    Graph g;
    const Scope scope(g, "head.1");
    const auto p = [&](const char* name) { return g.parameter(name, {8}); };
    batch_norm(g.input("x", {rows, 1, 8}), {p("w"), p("b"), p("mean"), p("var")}, batch_statistics);
  };
  EXPECT_EQ(
      error_text([&] { build(1, true); }),
      "head.1: batch_norm: x: expected 2 rows or more for the statistics of a batch (a larger batch, or "
      "running statistics), got [1, 1, 8]");
  EXPECT_EQ(error_text([&] { build(1, false); }), "no error");
  EXPECT_EQ(error_text([&] { build(2, true); }), "no error");
}

TEST(BatchNorm, RunningStatisticsAreNotTrained) {
  Graph g;
  const auto p = [&](const char* name) { return g.parameter(name, {8}, Init::ones(), {.trained = true}); };
  CompileRequest request;
  request.loss = sum(batch_norm(g.input("x", {4, 8}), {p("w"), p("b"), p("mean"), p("var")}, false));
  request.trained = std::make_shared<TrainedParameters>(g);
  EXPECT_EQ(error_text([&] { compile(g, request); }),
            "batch_norm: expected running statistics that are a buffer or frozen, but `mean` is trained");
}

}  // namespace
}  // namespace ax
