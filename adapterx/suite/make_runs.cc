#include "adapterx/suite/make_runs.h"

#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <map>

#include "adapterx/base/error.h"

namespace ax {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using State = RunStanding::State;

std::vector<std::string> arguments_of(const SuiteRun& run, int64_t threads) {
  if (run.of_pixels()) {
    std::vector<std::string> arguments = {"baseline", "--data", run.config.data.path, "--out",
                                          run.folder.string()};
    for (const auto& [key, value] : run.config.method.settings) {
      arguments.insert(arguments.end(), {"--" + key, value});
    }
    for (std::string& text : overrides_of(run.config)) {
      if (text.starts_with("data.")) arguments.push_back(std::move(text));
    }
    return arguments;
  }
  TrainConfig config = run.config;
  config.train.threads = threads;
  config.data.loader_threads = threads;
  std::vector<std::string> arguments = {"train",          "--resume", "--data",
                                        config.data.path, "--out",    config.train.out};
  for (std::string& text : overrides_of(config)) arguments.push_back(std::move(text));
  return arguments;
}

// The program's own error, where the log has one; else the last line.
std::string reason_in(const fs::path& log) {
  std::ifstream in(log);
  std::string last, error;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("adapterx: ")) error = line;
    if (!line.empty()) last = line;
  }
  return error.empty() ? last : error;
}

fs::path log_of(const SuiteRun& run) { return run.folder.string() + ".log"; }

class Runs {
 public:
  Runs(const std::vector<SuiteRun>& runs, const RunOptions& options, ChildProcesses& children,
       RunsObserver& observer, const std::function<void(size_t, const RunFacts&)>& done)
      : runs_(runs), options_(options), children_(children), observer_(observer), done_(done) {}

  RunsDone make() {
    sort_out();
    start_ = Clock::now();
    size_t next = 0;
    while (next < waiting_.size() || children_.running() > 0) {
      const bool more = next < waiting_.size() && children_.signal() == 0;
      if (more && children_.running() < static_cast<size_t>(options_.jobs)) {
        begin(waiting_[next++]);
      } else if (children_.running() > 0) {
        end(children_.next());
      } else {
        break;
      }
    }
    result_.signal = children_.signal();
    return result_;
  }

 private:
  // Finished ones are told of, the others wait; nothing is told, begun or removed before all are looked at.
  void sort_out() {
    std::vector<fs::path> stale;
    std::vector<std::pair<size_t, RunFacts>> finished;
    for (size_t i = 0; i < runs_.size(); ++i) {
      RunStanding standing = standing_of(runs_[i]);
      if (standing.state == State::finished) {
        finished.emplace_back(i, standing.facts);
        continue;
      }
      if (standing.state == State::other && !options_.replace) {
        fail(
            "{}: made by other settings: {}; --replace removes such runs and makes them anew, or name "
            "another "
            "folder by --out",
            runs_[i].folder.string(), standing.difference);
      }
      const bool anew = standing.state == State::other || runs_[i].of_pixels();
      if (anew) stale.push_back(runs_[i].folder);
      threads_[i] = standing.state == State::begun ? standing.threads : options_.threads;
      waiting_.push_back(i);
    }
    for (const fs::path& folder : stale) fs::remove_all(folder);
    for (const auto& [i, facts] : finished) done_(i, facts);
    kept_ = runs_.size() - waiting_.size();
    if (kept_ > 0) observer_.on_kept(kept_, runs_.size());
  }

  void begin(size_t i) {
    fs::create_directories(runs_[i].folder.parent_path());
    const int64_t threads = threads_[i] > 0 ? threads_[i] : options_.threads;
    const pid_t pid = children_.start(arguments_of(runs_[i], threads),
                                      {fmt::format("OMP_NUM_THREADS={}", threads)}, log_of(runs_[i]));
    running_[pid] = i;
  }

  void end(const ChildProcesses::Ended& ended) {
    const size_t i = running_.at(ended.pid);
    running_.erase(ended.pid);
    RunEnd end{.run = runs_[i]};
    const RunStanding standing = standing_of(end.run);
    end.finished = standing.state == State::finished;
    if (!end.finished && children_.signal() != 0) return;
    ++ended_;
    end.number = kept_ + ended_;
    end.all = runs_.size();
    end.facts = standing.facts;
    end.log = log_of(end.run);
    end.seconds_left = seconds_left();
    if (!end.finished) {
      ++result_.failed;
      end.reason = WIFSIGNALED(ended.status) ? fmt::format("ended by signal {}", WTERMSIG(ended.status))
                                             : reason_in(end.log);
    }
    observer_.on_end(end);
    if (end.finished) done_(i, end.facts);
  }

  double seconds_left() const {
    const double spent = std::chrono::duration<double>(Clock::now() - start_).count();
    return spent / static_cast<double>(ended_) * static_cast<double>(waiting_.size() - ended_);
  }

  const std::vector<SuiteRun>& runs_;
  const RunOptions& options_;
  ChildProcesses& children_;
  RunsObserver& observer_;
  const std::function<void(size_t, const RunFacts&)>& done_;
  std::vector<size_t> waiting_;
  std::map<size_t, int64_t> threads_;
  std::map<pid_t, size_t> running_;
  size_t kept_ = 0, ended_ = 0;
  Clock::time_point start_;
  RunsDone result_;
};

}  // namespace

RunsDone make_runs(const std::vector<SuiteRun>& runs, const RunOptions& options, ChildProcesses& children,
                   RunsObserver& observer, const std::function<void(size_t, const RunFacts&)>& done) {
  return Runs(runs, options, children, observer, done).make();
}

}  // namespace ax
