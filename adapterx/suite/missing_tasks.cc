#include "adapterx/suite/missing_tasks.h"

#include <algorithm>

#include "adapterx/base/error.h"

namespace ax {
namespace {

void expect_samples(const DataConfig& data, bool points, Split scored) {
  const DataSplits splits = open_splits(data, points);
  for (const Split split : {Split::train, scored}) {
    if (dataset_of(splits, split)) continue;
    fail("{}: expected {} for {} and {}, got none for {}", data.path, sample_noun(splits),
         to_string(Split::train), to_string(scored), to_string(split));
  }
}

}  // namespace

std::string note_of(const MissingTask& task) { return task.name + " left out: " + task.reason; }

std::vector<MissingTask> leave_out_missing_tasks(const std::vector<SuiteRun>& runs, bool points, Split scored,
                                                 SuiteChoice& choice) {
  std::vector<MissingTask> missing;
  std::erase_if(choice.tasks, [&](const std::string& task) {
    try {
      expect_samples(std::ranges::find(runs, task, &SuiteRun::task)->config.data, points, scored);
      return false;
    } catch (const Error& error) {
      missing.push_back({task, error.what()});
      return true;
    }
  });
  return missing;
}

}  // namespace ax
