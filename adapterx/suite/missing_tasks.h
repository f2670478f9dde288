// Tasks of a suite whose data are not there.
#pragma once

#include <string>
#include <vector>

#include "adapterx/data/model_input.h"
#include "adapterx/suite/suite_plan.h"

namespace ax {

struct MissingTask {
  std::string name, reason;
};
std::string note_of(const MissingTask& task);  // "caltech101 left out: photos/: no such folder"

// Removes from the choice the tasks whose data can't be opened, or have no training samples or none for
// `scored`. `runs`: one of each task at least. `input`: that of the backbone.
std::vector<MissingTask> leave_out_missing_tasks(const std::vector<SuiteRun>& runs, const ModelInput& input,
                                                 Split scored, SuiteChoice& choice);

}  // namespace ax
