#include "adapterx/data/points/point_preprocess.h"

#include "adapterx/base/error.h"

namespace ax {

void check(const PointPreprocess& p) {
  constexpr int64_t kMost = 1 << 20;
  if (p.points < 1 || p.points > kMost) fail("points: expected 1 to {} of a cloud, got {}", kMost, p.points);
  if (p.sample_points < 1 || p.sample_points > kMost) {
    fail("sample_points: expected 1 to {} of a surface, got {}", kMost, p.sample_points);
  }
}

}  // namespace ax
