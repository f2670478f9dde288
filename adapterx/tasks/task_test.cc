#include "adapterx/tasks/task.h"

#include <gtest/gtest.h>

namespace ax {
namespace {

TEST(TaskKinds, EachObjectiveMakesItsTask) {
  DataSplits data;
  data.classes = {"cat", "dog"};
  const auto name_of = [&](Objective objective) {
    return std::string(task_kind(objective).make({}, data)->name());
  };
  EXPECT_EQ(name_of(Objective::classes), "classification");
  EXPECT_EQ(name_of(Objective::masked), "masked pretraining");
}

// A task that scores samples, or makes a model of their classes, needs to be told of them.
TEST(TaskKinds, WhatIsNotLabelledIsNotEvaluated) {
  DataSplits data;
  data.classes = {"cat", "dog"};
  for (const Objective objective : {Objective::classes, Objective::masked}) {
    const TaskKind& kind = task_kind(objective);
    const TaskPtr task = kind.make({}, data);
    EXPECT_EQ(kind.objective, objective);
    EXPECT_EQ(kind.labelled, task->evaluates()) << task->name();
    EXPECT_EQ(kind.labelled, !task->classes().empty()) << task->name();
    EXPECT_EQ(kind.labelled, !task->makes_backbone()) << task->name();
  }
}

}  // namespace
}  // namespace ax
