#include "adapterx/kernels/pixels/resample_fixed.h"

#include <algorithm>
#include <limits>

namespace ax::kernels {
namespace {

int32_t to_fixed(double weight) {
  const double scaled = weight * (1 << kWeightBits);
  return static_cast<int32_t>(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
}

int32_t in_halves(int32_t lower, int32_t upper) {
  return static_cast<int32_t>((static_cast<uint32_t>(lower) & 0xffffu) | static_cast<uint32_t>(upper) << 16);
}

FixedWindows::Pair pair_of(int32_t first, int32_t second) {
  constexpr int32_t kLowMask = (1 << kLowBits) - 1;
  return {in_halves(first >> kLowBits, second >> kLowBits), in_halves(first & kLowMask, second & kLowMask)};
}

}  // namespace

FixedWindows fixed_windows(const FilterWindows& windows) {
  FixedWindows result;
  result.windows.reserve(windows.windows.size());
  result.pairs.reserve(windows.weights.size() / 2 + windows.windows.size());
  std::vector<int32_t> fixed;
  int64_t origin = std::numeric_limits<int64_t>::max(), end = 0;
  for (const FilterWindows::Window& w : windows.windows) {
    fixed.clear();
    for (int64_t t = 0; t < w.count; ++t) {
      fixed.push_back(to_fixed(windows.weights[w.weights + static_cast<size_t>(t)]));
    }
    int64_t first = w.first;
    while (fixed.size() > 1 && fixed.back() == 0) fixed.pop_back();
    const auto zeros = std::find_if(fixed.begin(), fixed.end() - 1, [](int32_t x) { return x != 0; });
    first += zeros - fixed.begin();
    fixed.erase(fixed.begin(), zeros);

    const auto count = static_cast<int32_t>(fixed.size());
    result.windows.push_back(
        {static_cast<int32_t>(first), count, static_cast<uint32_t>(result.pairs.size())});
    origin = std::min(origin, first);
    end = std::max(end, first + count);
    if (count % 2 != 0) fixed.push_back(0);
    for (size_t t = 0; t < fixed.size(); t += 2) result.pairs.push_back(pair_of(fixed[t], fixed[t + 1]));
  }
  for (FixedWindows::Window& w : result.windows) w.first -= static_cast<int32_t>(origin);
  result.origin = origin;
  result.extent = end - origin;
  return result;
}

}  // namespace ax::kernels
