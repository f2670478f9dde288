#include "adapterx/suite/tuning.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "adapterx/base/error.h"
#include "adapterx/base/text_format.h"
#include "adapterx/base/toml_text.h"
#include "adapterx/suite/statistics.h"

namespace ax {
namespace {

std::vector<std::string> settings_at_edge(const TuningGrid& grid, const SuiteSettings& values) {
  std::vector<std::string> at_edge;
  for (size_t i = 0; i < grid.axes.size(); ++i) {
    const std::vector<std::string>& list = grid.axes[i].values;
    const bool edge = values[i].value == list.front() || values[i].value == list.back();
    if (edge && list.size() > 2) at_edge.push_back(values[i].key);
  }
  return at_edge;
}

}  // namespace

std::vector<TunedMethod> best_trials(const SuiteConfig& suite, const std::vector<TrialScore>& scores) {
  std::vector<std::pair<std::string, std::string>> places;
  for (const TrialScore& s : scores) {
    const std::pair place(s.trial.run.row, s.trial.run.task);
    if (std::ranges::count(places, place) == 0) places.push_back(place);
  }
  std::vector<TunedMethod> best;
  for (const auto& [row, task] : places) {
    const TuningGrid& grid = *std::ranges::find(suite.grids, row, &TuningGrid::method);
    std::map<size_t, std::vector<double>> of_trial;
    std::map<size_t, SuiteSettings> values;
    for (const TrialScore& s : scores) {
      if (s.trial.run.row != row || s.trial.run.task != task) continue;
      of_trial[s.trial.number].push_back(s.accuracy);
      values[s.trial.number] = s.trial.values;
    }
    const size_t seeds = suite.tune_seeds.size();
    const auto complete = [&](const auto& trial) { return trial.second.size() == seeds; };
    if (of_trial.size() != grid.trials() || !std::ranges::all_of(of_trial, complete)) continue;
    TunedMethod tuned{row, task, {}, -1, seeds, grid.trials(), {}};
    for (const auto& [number, accuracies] : of_trial) {
      const double mean = mean_spread(accuracies).mean;
      if (mean <= tuned.accuracy) continue;
      tuned.accuracy = mean;
      tuned.values = values[number];
    }
    tuned.at_edge = settings_at_edge(grid, tuned.values);
    best.push_back(std::move(tuned));
  }
  return best;
}

std::string tuned_toml(const std::vector<TunedMethod>& best) {
  std::string text =
      "# Written by `adapterx transfer --tune`: for each method and task the best of its grid on the "
      "validation\n"
      "# images, by the last epoch of a training on the training images; no test image was opened.\n";
  for (const TunedMethod& t : best) {
    text += fmt::format(
        "\n[methods.{}.tasks.{}]  # {}, seeds: {}, best of {} trials{}\n", t.row, t.task,
        percent_text(t.accuracy, 2), t.seeds, t.trials,
        t.at_edge.empty() ? "" : fmt::format("; at the edge of its grid: {}", fmt::join(t.at_edge, ", ")));
    for (const SuiteSetting& s : t.values) text += fmt::format("{} = {}\n", s.key, toml_value(s.value));
  }
  return text;
}

}  // namespace ax
