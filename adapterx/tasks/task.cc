#include "adapterx/tasks/task.h"

#include <algorithm>
#include <array>

#include "adapterx/base/error.h"
#include "adapterx/tasks/classification.h"
#include "adapterx/tasks/masked.h"

namespace ax {

TaskGraph Task::build_on(Graph&, const Features&, int64_t, bool) const {
  fail("{}: expected a task whose head reads nothing but features", name());
}

const TaskKind& task_kind(Objective objective) {
  static constexpr std::array<TaskKind, 2> kKinds = {
      {{Objective::classes, true, make_classification}, {Objective::masked, false, make_masked_pretraining}}};
  return *std::ranges::find(kKinds, objective, &TaskKind::objective);
}

}  // namespace ax
