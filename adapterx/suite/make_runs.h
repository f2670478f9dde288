// The runs of a suite, made by processes of their own, some at a time.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "adapterx/suite/child_processes.h"
#include "adapterx/suite/run_standing.h"
#include "adapterx/suite/suite_plan.h"

namespace ax {

// A run whose process has ended.
struct RunEnd {
  const SuiteRun& run;
  size_t number = 0,
         all = 0;         // the how-manieth of all runs is done; counted from 1, those of earlier among them
  bool finished = false;  // else it failed
  RunFacts facts = {};    // of a finished run
  std::string reason =
      {};  // why it failed: the signal, else the error of the program, else the log's last line
  std::filesystem::path log = {};  // what the process wrote
  double seconds_left = 0;         // estimated, of the runs that are not done
};

class RunsObserver {
 public:
  virtual ~RunsObserver() = default;
  // Runs that were finished by an earlier call; not told where there are none.
  virtual void on_kept(size_t /*kept*/, size_t /*all*/) {}
  virtual void on_end(const RunEnd&) {}
};

struct RunOptions {
  int64_t jobs = 1, threads = 1;  // processes at a time, and threads of each
  bool replace = false;           // runs made by other settings are removed and made anew, else an error
};

struct RunsDone {
  int64_t failed = 0;
  int signal = 0;  // that stopped it; 0: none
};

// Makes those that are not finished, going on where one was begun, by `children`'s program, which takes the
// arguments of adapterx. done(i, facts) is called for each finished run, those of earlier first. Nothing is
// told, begun or removed before the folders of all have been looked at: throws Error where one was made by
// other settings, and the options don't say to replace it.
//
// A signal is passed on to the processes; what they then leave unfinished counts as neither failed nor done.
RunsDone make_runs(const std::vector<SuiteRun>& runs, const RunOptions& options, ChildProcesses& children,
                   RunsObserver& observer, const std::function<void(size_t, const RunFacts&)>& done);

}  // namespace ax
