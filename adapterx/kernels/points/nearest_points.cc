#include "adapterx/kernels/points/nearest_points.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>
#include <numeric>

#include "adapterx/base/parallel.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "adapterx/kernels/points/nearest_points.cc"
#include <hwy/foreach_target.h>

#include "adapterx/kernels/points/point_distance-inl.h"

HWY_BEFORE_NAMESPACE();
namespace ax::kernels::HWY_NAMESPACE {
namespace {

constexpr int kBisections = 16;

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
int64_t within(const float* distance, int64_t padded, float bound, int64_t* keys) {
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
      keys[count++] = int64_t{std::bit_cast<int32_t>(distance[at])} << 32 | at;
    }
  }
  return count;
}

// A bound within which `count` of least[0, groups) are, or few more. Distances are not negative, so that
// their bits are ordered as they are: bisection of the bits.
float common_bound(const float* least, int64_t groups, int64_t count) {
  const auto lanes = static_cast<int64_t>(hn::Lanes(F32()));
  int32_t low = -1, high = std::bit_cast<int32_t>(HUGE_VALF);
  for (int step = 0; step < kBisections; ++step) {
    const int32_t middle = low + (high - low) / 2;
    const V limit = set(std::bit_cast<float>(middle));
    int64_t within_limit = 0;
    for (int64_t j = 0; j < groups; j += lanes) {
      within_limit += static_cast<int64_t>(hn::CountTrue(F32(), hn::Le(hn::LoadU(F32(), least + j), limit)));
    }
    (within_limit < count ? low : high) = middle;
    if (within_limit == count) break;
  }
  return std::bit_cast<float>(high);
}

// The first `count` of n keys in ascending order, each put where the number of smaller ones says. keys has
// room for n rounded up to vectors.
void pick_by_rank(int64_t* keys, int64_t n, int64_t count, int32_t* indices) {
  const hn::ScalableTag<int64_t> d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  const int64_t end = (n + lanes - 1) / lanes * lanes;
  std::fill(keys + n, keys + end, INT64_MAX);
  for (int64_t i = 0; i < n; ++i) {
    const auto key = hn::Set(d, keys[i]);
    int64_t rank = 0;
    for (int64_t j = 0; j < end; j += lanes) {
      rank += static_cast<int64_t>(hn::CountTrue(d, hn::Lt(hn::LoadU(d, keys + j), key)));
    }
    if (rank < count) indices[rank] = static_cast<int32_t>(keys[i]);
  }
}

}  // namespace
}  // namespace ax::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ax::kernels {
namespace {

HWY_EXPORT(distances);
HWY_EXPORT(within);
HWY_EXPORT(common_bound);
HWY_EXPORT(pick_by_rank);

constexpr int64_t kGrain = 8;         // centres
constexpr int64_t kRankedKeys = 192;  // more are sorted faster by comparisons

struct Workspace {
  PointColumns points;
  float* distance;  // [padded]
  int64_t groups;   // a few for each neighbour sought
  float* least;     // [groups]
  int64_t* keys;    // [padded]

  Workspace(ScratchCutter& cut, int64_t n, int64_t count)
      : points(cut, n),
        distance(cut.take<float>(points.padded)),
        groups(std::min(points.padded, padded_points(4 * count))),
        least(cut.take<float>(groups)),
        keys(cut.take<int64_t>(points.padded)) {}
};

size_t workspace_bytes(int64_t n, int64_t count) {
  ScratchCutter cut(nullptr);
  Workspace(cut, n, count);
  return cut.used();
}

// K groups hold a point within the bound: no neighbour is farther. What is within, a little more than K
// points, is sorted.
void nearest_to(const float* center, const Workspace& w, int64_t count, int32_t* indices) {
  if (!is_finite(center)) {
    std::iota(indices, indices + count, 0);
    return;
  }
  HWY_DYNAMIC_DISPATCH(distances)(w.points, center, w.distance, w.least, w.groups);
  const float bound = HWY_DYNAMIC_DISPATCH(common_bound)(w.least, w.groups, count);
  const int64_t n = HWY_DYNAMIC_DISPATCH(within)(w.distance, w.points.padded, bound, w.keys);
  if (n <= kRankedKeys) {
    HWY_DYNAMIC_DISPATCH(pick_by_rank)(w.keys, n, count, indices);
    return;
  }
  if (n > count) std::nth_element(w.keys, w.keys + count, w.keys + n);
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
