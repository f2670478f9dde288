#include "adapterx/suite/suite_plan.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "adapterx/base/error.h"
#include "adapterx/base/setting_list.h"
#include "adapterx/suite/suite_settings.h"
#include "adapterx/train/pixel_regression.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

const SuiteTask& task_of(const SuiteConfig& suite, const std::string& name) {
  return *std::ranges::find(suite.tasks, name, &SuiteTask::name);
}

const SuiteMethod& row_of(const SuiteConfig& suite, const std::string& name) {
  const auto found = std::ranges::find(suite.methods, name, &SuiteMethod::name);
  return found != suite.methods.end() ? *found
                                      : *std::ranges::find(suite.ablations, name, &SuiteMethod::name);
}

void apply_method(const SuiteMethod& method, const std::string& task, TrainConfig& config) {
  SuiteSettings all = method.settings;
  if (const auto own = method.on_task.find(task); own != method.on_task.end()) {
    all.insert(all.end(), own->second.begin(), own->second.end());
  }
  std::ranges::stable_partition(all, [](const SuiteSetting& s) { return !s.from_command_line; });
  for (const SuiteSetting& s : all) apply(s, config);
}

// Of a run on raw pixels only the data and the method's settings mean anything.
TrainConfig pixels_alone(const TrainConfig& config) {
  PixelRegressionOptions pixels;
  assign_all(pixel_regression_settings(pixels), parse_key_values(config.method.pairs()), kPixelRegression);
  TrainConfig alone;
  alone.data = config.data;
  alone.method = config.method;
  alone.method.settings["size"] = fmt::format("{}", pixels.size);
  alone.train.seed = config.train.seed;
  alone.train.out = config.train.out;
  return alone;
}

SuiteRun make_run(const SuiteConfig& suite, const std::string& task, const std::string& row, uint64_t seed) {
  const SuiteMethod& method = row_of(suite, row);
  SuiteRun run{task, row, seed, {}, {}};
  TrainConfig& config = run.config;
  config.method.name = method.method;
  apply_shared(suite.common, method.method, config);
  apply_shared(task_of(suite, task).settings, method.method, config);
  if (!method.base.empty()) apply_method(row_of(suite, method.base), task, config);
  apply_method(method, task, config);
  config.model.weights = suite.weights;
  config.data.split_seed = config.train.seed = seed;
  config.data.train_on = TrainOn::train_and_val;
  config.train.select = Select::last;
  return run;
}

void finish(SuiteRun& run, const fs::path& folder) {
  run.folder = folder / fmt::format("seed-{}", run.seed);
  run.config.train.out = run.folder.string();
  try {
    if (run.of_pixels()) {
      run.config = pixels_alone(run.config);
    } else {
      check(run.config);
    }
  } catch (const Error& error) {
    fail("{} on {}: {}", run.row, run.task, error.what());
  }
}

std::vector<std::string> rows_of(const SuiteConfig& suite, bool ablations) {
  std::vector<std::string> rows;
  for (const SuiteMethod& m : suite.methods) {
    const auto changes_it = [&](const SuiteMethod& a) { return a.base == m.name; };
    if (!ablations || std::ranges::any_of(suite.ablations, changes_it)) rows.push_back(m.name);
  }
  if (ablations) {
    for (const SuiteMethod& m : suite.ablations) rows.push_back(m.name);
  }
  return rows;
}

// The chosen in the order of all; all where none is chosen.
void choose(std::vector<std::string>& chosen, const std::vector<std::string>& all, const char* what) {
  for (const std::string& name : chosen) {
    if (std::ranges::count(all, name) > 0) continue;
    fail("unknown {} `{}`; expected some of {}{}", what, name, fmt::join(all, ","), did_you_mean(name, all));
  }
  std::vector<std::string> ordered;
  std::ranges::copy_if(all, std::back_inserter(ordered), [&](const std::string& name) {
    return chosen.empty() || std::ranges::count(chosen, name) > 0;
  });
  chosen = std::move(ordered);
}

// One value of each of the grid's settings: the n-th, of the last setting's values the fastest.
SuiteSettings nth_trial(const TuningGrid& grid, size_t n) {
  SuiteSettings values;
  for (size_t i = grid.axes.size(); i-- > 0;) {
    const TuningGrid::Axis& axis = grid.axes[i];
    values.insert(values.begin(), {axis.key, axis.values[n % axis.values.size()], axis.where});
    n /= axis.values.size();
  }
  return values;
}

std::string folder_name(const SuiteSettings& values) {
  std::vector<std::string> parts;
  for (const SuiteSetting& s : values) parts.push_back(s.key + "=" + s.value);
  std::string name = fmt::format("{}", fmt::join(parts, ","));
  std::ranges::replace(name, '/', '_');
  return name;
}

}  // namespace

SuiteChoice resolve(const SuiteConfig& suite, SuiteChoice choice) {
  std::vector<std::string> tasks;
  for (const SuiteTask& task : suite.tasks) tasks.push_back(task.name);
  if (choice.ablations && suite.ablations.empty()) fail("ablations: the suite has none");
  choose(choice.tasks, tasks, "task");
  const std::vector<std::string> named = choice.rows;
  for (const std::string& name : named) {  // an ablation comes with what it changes
    const auto ablation = std::ranges::find(suite.ablations, name, &SuiteMethod::name);
    if (choice.ablations && ablation != suite.ablations.end()) choice.rows.push_back(ablation->base);
  }
  choose(choice.rows, rows_of(suite, choice.ablations), choice.ablations ? "ablation" : "method");
  if (choice.seeds.empty()) choice.seeds = choice.ablations ? suite.ablation_seeds : suite.seeds;
  for (const uint64_t seed : choice.seeds) {
    if (std::ranges::count(choice.seeds, seed) > 1) fail("seeds: {} is there twice", seed);
  }
  return choice;
}

std::vector<SuiteRun> plan_runs(const SuiteConfig& suite, const SuiteChoice& choice, const fs::path& out) {
  std::vector<SuiteRun> runs;
  for (const uint64_t seed : choice.seeds) {
    for (const std::string& task : choice.tasks) {
      for (const std::string& row : choice.rows) {
        SuiteRun run = make_run(suite, task, row, seed);
        finish(run, out / task / row);
        runs.push_back(std::move(run));
      }
    }
  }
  return runs;
}

std::vector<SuiteTrial> plan_trials(const SuiteConfig& suite, const SuiteChoice& choice,
                                    const fs::path& out) {
  std::vector<SuiteTrial> trials;
  for (const std::string& task : choice.tasks) {
    for (const TuningGrid& grid : suite.grids) {
      if (std::ranges::count(choice.rows, grid.method) == 0) continue;
      for (size_t n = 0; n < grid.trials(); ++n) {
        for (const uint64_t seed : suite.tune_seeds) {
          SuiteTrial trial{make_run(suite, task, grid.method, seed), n, nth_trial(grid, n)};
          TrainConfig& config = trial.run.config;
          for (const SuiteSetting& s : trial.values) apply(s, config);
          config.data.train_on = TrainOn::train;
          config.data.use_test = false;
          config.train.eval_every = config.train.epochs;
          finish(trial.run, out / "tune" / task / grid.method / folder_name(trial.values));
          trials.push_back(std::move(trial));
        }
      }
    }
  }
  return trials;
}

}  // namespace ax
