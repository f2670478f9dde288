#include "adapterx/suite/run_standing.h"

#include "adapterx/report/run_folder.h"

namespace ax {

namespace fs = std::filesystem;

RunStanding standing_of(const SuiteRun& run) {
  RunStanding standing;
  const fs::path stored = run.folder / "config.toml";
  if (!fs::exists(stored)) return standing;
  TrainConfig config;
  read_config(stored, config);
  standing.threads = config.train.threads;
  config.train.threads = run.config.train.threads;
  standing.difference = difference(config, run.config);
  standing.state = standing.difference.empty() ? RunStanding::State::begun : RunStanding::State::other;
  if (standing.state == RunStanding::State::begun && fs::exists(run.folder / "result.json")) {
    standing.facts = load_run(run.folder).facts;
    if (standing.facts.finished) standing.state = RunStanding::State::finished;
  }
  return standing;
}

}  // namespace ax
