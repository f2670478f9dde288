#include "adapterx/kernels/nearest_points.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>
#include <numeric>

#include "adapterx/base/parallel.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "adapterx/kernels/nearest_points.cc"
#include <hwy/foreach_target.h>

#include "adapterx/kernels/point_distance-inl.h"

HWY_BEFORE_NAMESPACE();
namespace ax::kernels::HWY_NAMESPACE {
namespace {

// distance[i] to the centre, and least[j]: the least of those with i mod groups = j.
void distances(const PointColumns& p, const float* center, float* distance, float* least, int64_t groups) {
  const auto lanes = static_cast<int64_t>(hn::Lanes(F32()));
  const V x = set(center[0]), y = set(center[1]), z = set(center[2]);
  std::fill_n(least, groups, HUGE_VALF);
  for (int64_t base = 0; base < p.padded; base += groups) {
    const int64_t count = std::min(groups, p.padded - base);
    for (int64_t j = 0; j < count; j += lanes) {
      const V d = squared_distance(p, base + j, x, y, z);
      hn::StoreU(d, F32(), distance + base + j);
      hn::StoreU(hn::Min(hn::LoadU(F32(), least + j), d), F32(), least + j);
    }
  }
}

// Packs (distance, index) of all points within the bound; returns their number.
int64_t within(const float* distance, int64_t padded, float bound, uint64_t* keys) {
  const auto lanes = static_cast<int64_t>(hn::Lanes(F32()));
  const V limit = set(bound);
  int64_t count = 0;
  for (int64_t i = 0; i < padded; i += lanes) {
    const auto near = hn::Le(hn::LoadU(F32(), distance + i), limit);
    if (hn::AllFalse(F32(), near)) continue;
    uint8_t bytes[8] = {};
    hn::StoreMaskBits(F32(), near, bytes);
    uint64_t bits;
    std::memcpy(&bits, bytes, sizeof bits);
    for (; bits != 0; bits &= bits - 1) {
      const int64_t at = i + std::countr_zero(bits);
      keys[count++] = uint64_t{std::bit_cast<uint32_t>(distance[at])} << 32 | static_cast<uint32_t>(at);
    }
  }
  return count;
}

}  // namespace
}  // namespace ax::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ax::kernels {
namespace {

HWY_EXPORT(distances);
HWY_EXPORT(within);

constexpr int64_t kGrain = 8;  // centres

struct Workspace {
  PointColumns points;
  float* distance;  // [padded]
  int64_t groups;   // a few for each neighbour sought
  float* least;     // [groups]
  uint64_t* keys;   // [padded]: distances are not negative, so their bits are ordered as they are

  Workspace(ScratchCutter& cut, int64_t n, int64_t count)
      : points(cut, n),
        distance(cut.take<float>(points.padded)),
        groups(std::min(points.padded, padded_points(4 * count))),
        least(cut.take<float>(groups)),
        keys(cut.take<uint64_t>(points.padded)) {}
};

size_t workspace_bytes(int64_t n, int64_t count) {
  ScratchCutter cut(nullptr);
  Workspace(cut, n, count);
  return cut.used();
}

// K groups hold a point within the K-th least of the groups' nearest: no neighbour is farther than that. What
// is within, a little more than K points, is sorted.
void nearest_to(const float* center, const Workspace& w, int64_t count, int32_t* indices) {
  if (!is_finite(center)) {
    std::iota(indices, indices + count, 0);
    return;
  }
  HWY_DYNAMIC_DISPATCH(distances)(w.points, center, w.distance, w.least, w.groups);
  std::nth_element(w.least, w.least + count - 1, w.least + w.groups);
  uint64_t* end =
      w.keys + HWY_DYNAMIC_DISPATCH(within)(w.distance, w.points.padded, w.least[count - 1], w.keys);
  if (end - w.keys > count) std::nth_element(w.keys, w.keys + count, end);
  std::sort(w.keys, w.keys + count);
  for (int64_t i = 0; i < count; ++i) indices[i] = static_cast<int32_t>(w.keys[i]);
}

}  // namespace

void nearest_points(const NearestPoints& a) {
  const int64_t n = a.points.shape[1], centers = a.centers.shape[1], count = a.indices.shape[2];
  assert(a.points.shape[2] == 3 && a.centers.shape[2] == 3 && count >= 1 && count <= n);
  assert(a.indices.size() == a.points.shape[0] * centers * count);
  const size_t bytes = workspace_bytes(n, count);
  parallel_ranges(a.points.shape[0] * centers, kGrain, [&](int64_t begin, int64_t end, int thread) {
    ScratchCutter cut(static_cast<std::byte*>(a.scratch) + bytes * static_cast<size_t>(thread));
    const Workspace w(cut, n, count);
    for_segments(begin, end, centers, [&](int64_t first, int64_t length) {
      w.points.fill(a.points.f32() + first / centers * n * 3);
      for (int64_t i = first; i < first + length; ++i) {
        nearest_to(a.centers.f32() + i * 3, w, count, a.indices.i32() + i * count);
      }
    });
  });
}

size_t nearest_points_scratch(int64_t points, int64_t count) {
  return workspace_bytes(points, count) * static_cast<size_t>(thread_count());
}

}  // namespace ax::kernels
#endif
