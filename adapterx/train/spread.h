// A few samples of a data set, spread evenly over it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace ax {

// Up to `most` indices below `size`, in ascending order; the same for the same numbers.
inline std::vector<int64_t> spread(int64_t size, int64_t most) {
  const int64_t count = std::min(size, most);
  std::vector<int64_t> indices;
  for (int64_t i = 0; i < count; ++i) indices.push_back(i * size / count);
  return indices;
}

}  // namespace ax
