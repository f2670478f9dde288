#include "adapterx/tasks/masked.h"

#include <gtest/gtest.h>

#include <cmath>

#include "adapterx/base/error.h"
#include "adapterx/tasks/answers_test.h"
#include "adapterx/tasks/micro_backbones_test.h"

namespace ax {
namespace {

TaskGraph build(const Task& task, Graph& graph, const Backbone& backbone) {
  Slots none;
  return task.build(graph, backbone, {2, /*training=*/true, 0, /*from_scratch=*/true}, none);
}

TEST(MaskedPretraining, LearnsFromSamplesAlone) {
  for (const BackbonePtr& backbone : micro_backbones()) {
    Graph g;
    const TaskGraph built = build(*masked_pretraining({.decoder_depth = 1}), g, *backbone);
    EXPECT_EQ(g.find(ValueKind::input, "labels"), -1);
    ASSERT_EQ(built.outputs.size(), 1u);
    EXPECT_EQ(built.outputs[0].first, "features");
    EXPECT_EQ(built.outputs[0].second.role(), Role::exact);
    EXPECT_EQ(built.outputs[0].second.shape()[0], 2);
    const auto loss = interpret(g, {built.loss}, micro_values)[0];
    EXPECT_EQ(loss.v.size(), 1u);
    EXPECT_TRUE(std::isfinite(loss.v[0]) && loss.v[0] > 0) << backbone->text() << " " << loss.v[0];
    EXPECT_EQ(g.find(ValueKind::parameter, "head.weight"), -1);
  }
}

TEST(MaskedPretraining, BuildsWithItsOptions) {
  const auto parameters = [](const MaskedOptions& options, const Backbone& backbone) {
    Graph g;
    build(*masked_pretraining(options), g, backbone);
    return g.parameters().size();
  };
  for (const BackbonePtr& backbone : micro_backbones()) {
    EXPECT_GT(parameters({.decoder_depth = 3}, *backbone), parameters({.decoder_depth = 1}, *backbone));
    EXPECT_THROW(parameters({.mask_ratio = 1}, *backbone), Error);
    EXPECT_THROW(parameters({.mask_ratio = 0.01f}, *backbone), Error);
  }
}

TEST(MaskedPretraining, LeavesABackboneAndNoScore) {
  const TaskPtr task = masked_pretraining({});
  EXPECT_TRUE(task->makes_backbone());
  EXPECT_TRUE(task->classes().empty());
  EXPECT_FALSE(task->evaluates());
  Answers answers(1, 2);
  EXPECT_EQ(task->evaluator(1, answers({})), nullptr);
  EXPECT_EQ(task->count_correct(OwnedBatch{{0}, {0}}, answers({1, 0})), 0);
}

}  // namespace
}  // namespace ax
