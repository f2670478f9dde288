// What the benchmarks share: a clock, the median, and how their figures are printed.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>

namespace ax::cli {

double seconds_now();                  // of a steady clock
double median(std::vector<double> v);  // of an even number of values: the mean of the middle two

// As one JSON object, or as a line for each figure; lists of single measurements are in the JSON alone.
void print_result(const nlohmann::ordered_json& result, bool as_json);

}  // namespace ax::cli
