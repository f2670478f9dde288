// A suite made: every run of its plan, and the table that comes of them; or its tuning.
//
//   OUT/TASK/METHOD/seed-S/   a run (suite_plan.h)
//   OUT/table.md, summary.json   after each finished run; ablations.md and ablations.json of ablations
//   OUT/tuned.toml               of tuning, the best of each grid (tuning.h)
//   OUT/backbone.json, .lock
#pragma once

#include <filesystem>
#include <string>

#include "adapterx/suite/make_runs.h"
#include "adapterx/suite/missing_tasks.h"
#include "adapterx/suite/suite_config.h"
#include "adapterx/suite/suite_plan.h"

namespace ax {

struct SuiteOptions {
  std::string name;  // of the suite, for errors: its file
  std::filesystem::path out;
  int64_t jobs = 1;  // runs at a time, among which the cores are shared
  bool tune = false;
  bool replace = false;  // RunOptions::replace
};

class SuiteObserver : public RunsObserver {
 public:
  virtual void on_missing(const MissingTask&) {}  // left out; before any run begins
};

struct SuiteResult : RunsDone {
  std::string text;            // of the table or of tuned.toml; "" where no grid is tried in full yet
  std::filesystem::path file;  // which holds it
};

// `choice`: as resolve() gives it. Finished runs are kept, begun ones go on: after a signal, a failure or a
// crash the same call continues.
//
// Throws Error on a folder in which another suite is at work, that has runs on another backbone or by other
// settings, where the backbone can't be opened, and where no task's data can.
SuiteResult make_suite(const SuiteConfig& suite, SuiteChoice choice, const SuiteOptions& options,
                       ChildProcesses& children, SuiteObserver& observer);

}  // namespace ax
