// The runs of a suite, made by this program itself, some at a time.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "adapterx/suite/run_standing.h"
#include "adapterx/suite/suite_plan.h"
#include "cli/child_processes.h"

namespace ax::cli {

struct RunOptions {
  int64_t jobs = 1, threads = 1;  // processes at a time, and threads of each
  bool replace = false;           // runs made by other settings are removed and made anew, else an error
};

struct RunsDone {
  int64_t failed = 0;
  int signal = 0;  // that stopped it
};

// Makes those that are not finished, going on where one was begun; prints a line for each. done(i, facts) is
// called for each finished run, those of earlier first.
RunsDone make_runs(const std::vector<SuiteRun>& runs, const RunOptions& options, ChildProcesses& children,
                   const std::function<void(size_t, const RunFacts&)>& done);

}  // namespace ax::cli
