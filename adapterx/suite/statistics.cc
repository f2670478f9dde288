#include "adapterx/suite/statistics.h"

#include "adapterx/base/error.h"

namespace ax {

MeanSpread mean_spread(const std::vector<double>& values) {
  MeanSpread result;
  double sum = 0, squares = 0;
  for (const double x : values) {
    if (!std::isfinite(x)) continue;
    sum += x;
    ++result.count;
  }
  if (result.count == 0) return result;
  result.mean = sum / static_cast<double>(result.count);
  if (result.count < 2) return result;
  for (const double x : values) {
    if (std::isfinite(x)) squares += (x - result.mean) * (x - result.mean);
  }
  result.deviation = std::sqrt(squares / static_cast<double>(result.count - 1));
  return result;
}

double mean_of_all(const std::vector<double>& values) {
  double sum = values.empty() ? std::numeric_limits<double>::quiet_NaN() : 0;
  for (const double x : values) sum += x;
  return sum / static_cast<double>(values.empty() ? 1 : values.size());
}

std::vector<double> differences(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() != b.size()) fail("differences: expected as many values, got {} and {}", a.size(), b.size());
  std::vector<double> all;
  for (size_t i = 0; i < a.size(); ++i) all.push_back(a[i] - b[i]);
  return all;
}

}  // namespace ax
