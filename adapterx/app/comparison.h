// Runs side by side: what each came to, and a method's runs with several seeds as one.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "adapterx/report/run_data.h"
#include "adapterx/suite/statistics.h"

namespace ax {

// Numbers that were not measured, or mean nothing for the run, are NaN.
struct RunSummary {
  std::string run, method;  // run: the folder, as it was named
  double accuracy = kNotMeasured;
  int64_t trained_parameters = 0;
  double percent = kNotMeasured;  // of the backbone's parameters
  double seconds = kNotMeasured, peak_rss_mb = kNotMeasured;
  int64_t adapter_bytes = 0;  // 0: none
  uint64_t seed = 0;
  bool finished = false;
};

struct MethodSummary {
  std::vector<std::string> runs;  // of all its runs
  std::vector<uint64_t> seeds;
  std::string method;
  MeanSpread accuracy;  // over those that have one; so are the least and the greatest, NaN where none has
  double accuracy_least = kNotMeasured, accuracy_greatest = kNotMeasured;
  int64_t trained_parameters = 0;  // of the first run, as percent and adapter_bytes
  double percent = kNotMeasured;
  double seconds = kNotMeasured, peak_rss_mb = kNotMeasured;  // the mean; the greatest
  int64_t adapter_bytes = 0;
  bool finished = false;  // whether all are
};

// Throws Error as load_run does.
RunSummary summarize_run(const std::string& folder);

// In the order of their first runs.
std::vector<MethodSummary> summarize_methods(const std::vector<RunSummary>& runs);

}  // namespace ax
