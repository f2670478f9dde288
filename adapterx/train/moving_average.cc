#include "adapterx/train/moving_average.h"

#include <algorithm>

#include "adapterx/base/parallel.h"

namespace ax {

void MovingAverage::update(int64_t step, std::span<const float> values, std::span<float> average) const {
  if (!on()) return;
  const auto t = static_cast<double>(step);
  const auto rest = static_cast<float>(1 - std::min(decay_, (1 + t) / (10 + t)));
  parallel_ranges(std::ssize(values), 1 << 14, [&](int64_t begin, int64_t end, int) {
    for (auto i = static_cast<size_t>(begin); i < static_cast<size_t>(end); ++i) {
      average[i] += rest * (values[i] - average[i]);
    }
  });
}

AverageInPlace::AverageInPlace(TrainedParameters& trained, std::vector<float>& average)
    : trained_(trained), average_(average) {
  swap();
}

void AverageInPlace::swap() { std::ranges::swap_ranges(average_, trained_.values()); }

}  // namespace ax
