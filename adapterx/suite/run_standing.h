// How far a run of a suite is, by what its folder holds.
#pragma once

#include <string>

#include "adapterx/report/run_data.h"
#include "adapterx/suite/suite_plan.h"

namespace ax {

struct RunStanding {
  enum class State { absent, begun, finished, other } state = State::absent;
  std::string difference;  // other: the first setting that differs from the plan's, "train.lr: 0.001, 0.002"
  int64_t threads = 0;     // begun: that it was begun with; a resumed run has to have as many
  RunFacts facts;          // finished
};

// The number of threads is no difference between runs: it changes the last bits alone. Throws Error on
// damaged files.
RunStanding standing_of(const SuiteRun& run);

}  // namespace ax
