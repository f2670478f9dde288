#include "adapterx/suite/missing_tasks.h"

#include <algorithm>

#include "adapterx/base/error.h"
#include "adapterx/train/setup.h"

namespace ax {
namespace {

void expect_samples(const DataConfig& data, const ModelInput& input, Split scored) {
  const DataSplits splits = input.open(dataset_spec(data));
  for (const Split split : {Split::train, scored}) {
    if (splits.of(split)) continue;
    fail("{}: expected {} for {} and {}, got none for {}", data.path, input.noun(), to_string(Split::train),
         to_string(scored), to_string(split));
  }
}

}  // namespace

std::string note_of(const MissingTask& task) { return task.name + " left out: " + task.reason; }

std::vector<MissingTask> leave_out_missing_tasks(const std::vector<SuiteRun>& runs, const ModelInput& input,
                                                 Split scored, SuiteChoice& choice) {
  std::vector<MissingTask> missing;
  std::erase_if(choice.tasks, [&](const std::string& task) {
    try {
      expect_samples(std::ranges::find(runs, task, &SuiteRun::task)->config.data, input, scored);
      return false;
    } catch (const Error& error) {
      missing.push_back({task, error.what()});
      return true;
    }
  });
  return missing;
}

}  // namespace ax
