#include "adapterx/tasks/task.h"

#include <algorithm>
#include <array>

#include "adapterx/base/error.h"
#include "adapterx/tasks/classification.h"
#include "adapterx/tasks/masked.h"

namespace ax {

std::span<const TaskKind> task_kinds() {
  static constexpr std::array<TaskKind, 2> kKinds = {
      {{"classes", true, make_classification}, {"masked", false, make_masked_pretraining}}};
  return kKinds;
}

const TaskKind& task_kind(std::string_view objective) {
  const auto kinds = task_kinds();
  const auto found = std::ranges::find(kinds, objective, &TaskKind::objective);
  if (found != kinds.end()) return *found;
  std::vector<std::string> names;
  for (const TaskKind& kind : kinds) names.emplace_back(kind.objective);
  fail("objective `{}`: unknown; expected one of {}{}", objective, fmt::join(names, ", "),
       did_you_mean(objective, names));
}

}  // namespace ax
