// The loss against its definition on the logits of the same graph, and what a task says of itself.
#include "adapterx/tasks/classification.h"

#include <gtest/gtest.h>

#include <cmath>

#include "adapterx/base/error_text_test.h"
#include "adapterx/graph/ops/cross_entropy.h"
#include "adapterx/tasks/answers_test.h"
#include "adapterx/tasks/micro_backbones_test.h"

namespace ax {
namespace {

constexpr int64_t kBatch = 2;

struct Built {
  std::vector<double> logits;  // [kBatch, kMicroClasses]
  double loss = 0;
};

// `target`: labels or rows of weights.
Built run(const Task& task, const Backbone& backbone, const std::vector<double>& target) {
  Graph g;
  Slots none;
  const TaskGraph built =
      task.build(g, backbone, {kBatch, /*training=*/true, 0, /*from_scratch=*/true}, none);
  const auto feed = [&](std::string_view name, const Shape& shape) {
    return name == "labels" ? target : micro_values(name, shape);
  };
  const auto values = interpret(g, {built.outputs.at(1).second, built.loss}, feed);
  return {values[0].v, values[1].v.at(0)};
}

// The mean over the batch of sum over `from` <= c < `to` of target[c] * -log softmax(logits)[c], the softmax
// over the same classes.
double cross_entropy_of(const std::vector<double>& logits, const std::vector<double>& target,
                        int64_t from = 0, int64_t to = kMicroClasses) {
  double loss = 0;
  for (int64_t b = 0; b < kBatch; ++b) {
    double sum = 0;
    for (int64_t c = from; c < to; ++c) sum += std::exp(logits[static_cast<size_t>(b * kMicroClasses + c)]);
    for (int64_t c = from; c < to; ++c) {
      const auto i = static_cast<size_t>(b * kMicroClasses + c);
      loss -= target[i] * (logits[i] - std::log(sum)) / kBatch;
    }
  }
  return loss;
}

TEST(Classification, TheLossIsTheCrossEntropyOfTheLogits) {
  const auto task = classification({}, {.label_smoothing = 0.1f});
  for (const BackbonePtr& backbone : micro_backbones()) {
    const Built built = run(*task, *backbone, {3, 0});
    const std::vector<double> smooth = {0.02, 0.02, 0.02, 0.92, 0.02, 0.92, 0.02, 0.02, 0.02, 0.02};
    EXPECT_NEAR(built.loss, cross_entropy_of(built.logits, smooth), 1e-6) << backbone->text();
  }
}

TEST(Classification, RowsOfOneLabelAreThatLabel) {
  const BackbonePtr backbone = micro_backbones()[0];
  const Built by_label = run(*classification({}), *backbone, {3, 0}),
              by_row =
                  run(*classification({}, {.target_rows = true}), *backbone, {0, 0, 0, 1, 0, 1, 0, 0, 0, 0});
  EXPECT_NEAR(by_label.loss, by_row.loss, 1e-12);
}

TEST(Classification, LabelSetsHaveASoftmaxEach) {
  const auto task = classification({}, {.target_rows = true, .heads = {2, 3}});
  // The second sample is told of by the second set alone.
  const std::vector<double> target = {1, 0, 0, 0, 1, 0, 0, 0, 1, 0};
  const Built built = run(*task, *micro_backbones()[0], target);
  EXPECT_NEAR(built.loss,
              cross_entropy_of(built.logits, target, 0, 2) + cross_entropy_of(built.logits, target, 2, 5),
              1e-9);
  EXPECT_FALSE(task->evaluates());
  EXPECT_EQ(task->evaluator(1, Answers(1, 5)({})), nullptr);
}

TEST(Classification, FeaturesComeFirstAndNeedNoHead) {
  for (const BackbonePtr& backbone : micro_backbones()) {
    const BackbonePtr headless = backbone->with_classes(0);
    Graph g;
    Slots none;
    const TaskGraph built = classification({})->build(g, *headless, {}, none);
    ASSERT_EQ(built.outputs.size(), 1u);
    EXPECT_EQ(built.outputs[0].first, "features");
    EXPECT_EQ(built.outputs[0].second.role(), Role::exact);
    EXPECT_FALSE(built.loss);
    Graph training;
    expect_part(error_text([&] { classification({})->build(training, *headless, {.training = true}, none); }),
                "got one without a head");
  }
}

TEST(Classification, TargetsAreThoseOfTheBatch) {
  const auto session_with = [](const Shape& shape, Role role) {
    Graph g;
    const Value labels = g.input("labels", shape, role), x = g.input("x", {kBatch, 3});
    CompileRequest request;
    request.outputs = {{"loss", cross_entropy(x, labels)}};
    return compile(g, request);
  };
  const auto by_label = session_with({kBatch}, Role::index);
  classification({})->set_targets(OwnedBatch{{0, 1}, {2, 1}}, *by_label);
  EXPECT_EQ(by_label->input("labels").i32()[0], 2);
  EXPECT_EQ(by_label->input("labels").i32()[1], 1);
  const auto by_row = session_with({kBatch, 3}, Role::exact);
  const std::vector<float> rows = {0.25f, 0.75f, 0, 0, 0, 1};
  classification({}, {.target_rows = true})->set_targets(OwnedBatch{{0, 1}, {1, 2}, rows}, *by_row);
  EXPECT_TRUE(std::ranges::equal(by_row->input("labels").f32_span(), rows));
}

TEST(Classification, CountsByItsOwnHeads) {
  const OwnedBatch batch{{0}, {0}, {0, 0, 0, 0, 1}};
  Answers answers(1, 5);
  const Session& session = answers({9, 0, 0, 0, 1});
  EXPECT_EQ(classification({}, {.target_rows = true, .heads = {2, 3}})->count_correct(batch, session), 1);
  EXPECT_EQ(classification({}, {.target_rows = true})->count_correct(batch, session), 0);
}

TEST(Classification, IsMadeForTheData) {
  DataSplits data;
  data.classes = {"a", "b", "c", "d", "e"};
  const auto target_shape = [&](const TaskSettings& settings) {
    Graph g;
    Slots none;
    make_classification(settings, data)
        ->build(g, *micro_backbones()[0], {kBatch, true, 0, /*from_scratch=*/true}, none);
    return g.info(g.find(ValueKind::input, "labels")).shape;
  };
  EXPECT_EQ(make_classification({}, data)->classes(), data.classes);
  EXPECT_EQ(make_classification({}, data)->name(), "classification");
  EXPECT_EQ(target_shape({}), (Shape{kBatch}));
  EXPECT_EQ(target_shape({0, /*mixes_targets=*/true, {}}), (Shape{kBatch, 5}));
  data.heads = {{"kind", 2}, {"place", 3}};
  EXPECT_EQ(make_classification({}, data)->name(), "several label sets");
  EXPECT_EQ(target_shape({}), (Shape{kBatch, 5}));
}

}  // namespace
}  // namespace ax
