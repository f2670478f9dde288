// seed_means: the runs of a method with several seeds as one row.
#pragma once

#include <nlohmann/json.hpp>

namespace ax::cli {

// rows: those of `adapterx compare`, one a run. A row each method, in the order of their first runs: the same
// keys, with
//   runs, seeds                   of all its runs, in place of run and seed
//   accuracy, seconds             means over those that have them; null where none has
//   peak_rss_mb                   the greatest
//   accuracy_sd                   the sample's standard deviation (n - 1); null below two runs
//   accuracy_least, _greatest
//   trained_parameters, percent, adapter_bytes  of the first run
//   finished                      whether all are
nlohmann::ordered_json seed_means(const nlohmann::ordered_json& rows);

}  // namespace ax::cli
