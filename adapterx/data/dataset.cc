#include "adapterx/data/dataset.h"

#include "adapterx/base/error.h"

namespace ax {

void check_subset(int64_t size, const std::vector<int64_t>& indices) {
  for (const int64_t i : indices) {
    if (i < 0 || i >= size) fail("subset: expected indices below {}, got {}", size, i);
  }
}

}  // namespace ax
