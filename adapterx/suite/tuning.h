// What trials of tuning found: for each method and task the best of the grid, by accuracy on the validation
// images, mean over the seeds of tuning; of equals the earlier one.
#pragma once

#include <string>
#include <vector>

#include "adapterx/suite/suite_plan.h"

namespace ax {

struct TrialScore {
  SuiteTrial trial;
  double accuracy = 0;  // on validation images
};

struct TunedMethod {
  std::string row, task;
  SuiteSettings values;  // of the best
  double accuracy = 0;   // mean over the seeds
  size_t seeds = 0, trials = 0;
  std::vector<std::string> at_edge;  // settings whose best value is the first or the last of its list
};

// Of the scores of all trials, in any order. Methods and tasks in the order in which they come first. Grids
// whose trials are not all scored are left out.
std::vector<TunedMethod> best_trials(const SuiteConfig& suite, const std::vector<TrialScore>& scores);

// The file that `tuned` in [suite] names: [methods.NAME.tasks.TASK] sections.
std::string tuned_toml(const std::vector<TunedMethod>& best);

}  // namespace ax
