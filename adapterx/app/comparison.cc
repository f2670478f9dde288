#include "adapterx/app/comparison.h"

#include <algorithm>
#include <cmath>

#include "adapterx/report/run_folder.h"

namespace ax {
namespace {

std::vector<double> measured(const std::vector<RunSummary>& runs, double RunSummary::*value) {
  std::vector<double> values;
  for (const RunSummary& run : runs) {
    if (std::isfinite(run.*value)) values.push_back(run.*value);
  }
  return values;
}

double greatest(const std::vector<double>& values) {
  return values.empty() ? kNotMeasured : *std::ranges::max_element(values);
}

MethodSummary summary_of(const std::vector<RunSummary>& runs) {
  const std::vector<double> accuracy = measured(runs, &RunSummary::accuracy);
  const RunSummary& first = runs.front();
  MethodSummary s;
  for (const RunSummary& run : runs) {
    s.runs.push_back(run.run);
    s.seeds.push_back(run.seed);
  }
  s.method = first.method;
  s.accuracy = mean_spread(accuracy);
  s.accuracy_least = accuracy.empty() ? kNotMeasured : *std::ranges::min_element(accuracy);
  s.accuracy_greatest = greatest(accuracy);
  s.trained_parameters = first.trained_parameters;
  s.percent = first.percent;
  s.seconds = mean_spread(measured(runs, &RunSummary::seconds)).mean;
  s.peak_rss_mb = greatest(measured(runs, &RunSummary::peak_rss_mb));
  s.adapter_bytes = first.adapter_bytes;
  s.finished = std::ranges::all_of(runs, &RunSummary::finished);
  return s;
}

}  // namespace

RunSummary summarize_run(const std::string& folder) {
  const RunFacts facts = load_run(folder).facts;
  const int64_t total = facts.parameters.total(), backbone = facts.parameters.backbone;
  RunSummary s;
  s.run = folder;
  s.method = facts.method;
  s.accuracy = facts.accuracy;
  s.trained_parameters = total;
  if (backbone > 0) s.percent = 100 * static_cast<double>(total) / static_cast<double>(backbone);
  s.seconds = facts.seconds;
  s.peak_rss_mb = facts.peak_rss_mb;
  s.adapter_bytes = facts.adapter_bytes;
  s.seed = facts.seed;
  s.finished = facts.finished;
  return s;
}

std::vector<MethodSummary> summarize_methods(const std::vector<RunSummary>& runs) {
  std::vector<std::vector<RunSummary>> methods;
  for (const RunSummary& run : runs) {
    const auto same = std::ranges::find_if(
        methods, [&](const std::vector<RunSummary>& group) { return group.front().method == run.method; });
    if (same == methods.end()) {
      methods.push_back({run});
    } else {
      same->push_back(run);
    }
  }
  std::vector<MethodSummary> summaries;
  for (const std::vector<RunSummary>& group : methods) summaries.push_back(summary_of(group));
  return summaries;
}

}  // namespace ax
