#include "cli/transfer_runs.h"

#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <map>

#include "adapterx/base/error.h"
#include "adapterx/base/text_format.h"
#include "cli/bench_result.h"
#include "cli/terminal_text.h"

namespace ax::cli {
namespace {

namespace fs = std::filesystem;
using State = RunStanding::State;

std::string name_of(const SuiteRun& run) {
  std::string name = fmt::format("{} {}", run.task, run.row);
  const std::string own = run.folder.parent_path().filename().string();
  if (own != run.row) name += " " + own;
  return fmt::format("{} seed {}", name, run.seed);
}

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
  return printable(error.empty() ? last : error);
}

fs::path log_of(const SuiteRun& run) { return run.folder.string() + ".log"; }

class Runs {
 public:
  Runs(const std::vector<SuiteRun>& runs, const RunOptions& options, ChildProcesses& children,
       const std::function<void(size_t, const RunFacts&)>& done)
      : runs_(runs), options_(options), children_(children), done_(done) {}

  RunsDone make() {
    sort_out();
    start_ = seconds_now();
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
    if (kept_ > 0) fmt::print("{} of {} runs were finished before\n", kept_, runs_.size());
    std::fflush(stdout);
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
    const RunStanding standing = standing_of(runs_[i]);
    const bool finished = standing.state == State::finished;
    if (!finished && children_.signal() != 0) return;
    ++ended_;
    const std::string place = fmt::format("[{}/{}] {}", kept_ + ended_, runs_.size(), name_of(runs_[i]));
    if (finished) {
      fmt::print("{}: {}, {}{}\n", place, percent_text(standing.facts.accuracy, 2),
                 duration_text(standing.facts.seconds), time_left());
      done_(i, standing.facts);
    } else {
      ++result_.failed;
      const std::string reason = WIFSIGNALED(ended.status)
                                     ? fmt::format("ended by signal {}", WTERMSIG(ended.status))
                                     : reason_in(log_of(runs_[i]));
      fmt::print("{}: failed: {} ({})\n", place, reason, log_of(runs_[i]).string());
    }
    std::fflush(stdout);
  }

  std::string time_left() const {
    const size_t left = waiting_.size() - ended_;
    if (left == 0) return "";
    const double each = (seconds_now() - start_) / static_cast<double>(ended_);
    return fmt::format("; {} left", duration_text(each * static_cast<double>(left)));
  }

  const std::vector<SuiteRun>& runs_;
  const RunOptions& options_;
  ChildProcesses& children_;
  const std::function<void(size_t, const RunFacts&)>& done_;
  std::vector<size_t> waiting_;
  std::map<size_t, int64_t> threads_;
  std::map<pid_t, size_t> running_;
  size_t kept_ = 0, ended_ = 0;
  double start_ = 0;
  RunsDone result_;
};

}  // namespace

RunsDone make_runs(const std::vector<SuiteRun>& runs, const RunOptions& options, ChildProcesses& children,
                   const std::function<void(size_t, const RunFacts&)>& done) {
  return Runs(runs, options, children, done).make();
}

}  // namespace ax::cli
