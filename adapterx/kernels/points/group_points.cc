#include "adapterx/kernels/points/group_points.h"

#include <algorithm>
#include <cassert>

#include "adapterx/base/parallel.h"
#include "adapterx/kernels/points/farthest_points.h"
#include "adapterx/kernels/points/nearest_points.h"

namespace ax::kernels {
namespace {

constexpr int64_t kGrain = 16;  // groups

}  // namespace

void group_points(const GroupPoints& a) {
  const int64_t batch = a.points.shape[0], n = a.points.shape[1], groups = a.centers.shape[1];
  const int64_t size = a.neighbour_points.shape[2];
  assert(a.neighbours.size() == batch * groups * size * 3 && a.center_points.size() == batch * groups);
  farthest_points({a.points, a.center_points, a.scratch});
  for (int64_t i = 0; i < batch * groups; ++i) {
    std::copy_n(a.points.f32() + (i / groups * n + a.center_points.i32()[i]) * 3, 3, a.centers.f32() + i * 3);
  }
  nearest_points({a.points, a.centers, a.neighbour_points, a.scratch});
  parallel_ranges(batch * groups, kGrain, [&](int64_t begin, int64_t end, int) {
    for (int64_t i = begin; i < end; ++i) {
      const float* center = a.centers.f32() + i * 3;
      const float* cloud = a.points.f32() + i / groups * n * 3;
      for (int64_t k = i * size; k < (i + 1) * size; ++k) {
        const float* point = cloud + a.neighbour_points.i32()[k] * 3;
        float* to = a.neighbours.f32() + k * 3;
        for (int64_t c = 0; c < 3; ++c) to[c] = point[c] - center[c];
      }
    }
  });
}

size_t group_points_scratch(int64_t points, int64_t group_size) {
  return std::max(farthest_points_scratch(points), nearest_points_scratch(points, group_size));
}

}  // namespace ax::kernels
