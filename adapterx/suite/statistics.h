// Means over repetitions and how far these spread. Values that are not finite stand for missing ones.
#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace ax {

struct MeanSpread {
  double mean = std::numeric_limits<double>::quiet_NaN();       // of none: NaN
  double deviation = std::numeric_limits<double>::quiet_NaN();  // of the sample (n - 1); below two: NaN
  size_t count = 0;
};

// Of those that are finite.
MeanSpread mean_spread(const std::vector<double>& values);

// The mean of all; NaN where one is missing, or there are none.
double mean_of_all(const std::vector<double>& values);

// a[i] - b[i]; NaN where either is missing. Throws Error on lists of other lengths.
std::vector<double> differences(const std::vector<double>& a, const std::vector<double>& b);

}  // namespace ax
