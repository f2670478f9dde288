#include "adapterx/kernels/points/farthest_points.h"

#include <cassert>
#include <vector>

#include "adapterx/base/error.h"
#include "adapterx/base/parallel.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "adapterx/kernels/points/farthest_points.cc"
#include <hwy/foreach_target.h>

#include "adapterx/kernels/points/point_distance-inl.h"

HWY_BEFORE_NAMESPACE();
namespace ax::kernels::HWY_NAMESPACE {
namespace {

using I32 = hn::RebindToSigned<F32>;

// Keeps the greatest distance that each lane has seen, and the first point of the lane that has it.
HWY_INLINE void see(V d, hn::Vec<I32> i, V& farthest, hn::Vec<I32>& index) {
  const auto farther = hn::Gt(d, farthest);
  farthest = hn::IfThenElse(farther, d, farthest);
  index = hn::IfThenElse(hn::RebindMask(I32(), farther), i, index);
}

HWY_INLINE hn::Vec<I32> where_equal(V d, V greatest, hn::Vec<I32> index) {
  return hn::IfThenElse(hn::RebindMask(I32(), hn::Eq(d, greatest)), index, hn::Set(I32(), INT32_MAX));
}

HWY_INLINE V lower(float* distance, V d) {
  const V old = hn::LoadU(F32(), distance);
  const V least = hn::IfThenElse(hn::Lt(d, old), d, old);
  hn::StoreU(least, F32(), distance);
  return least;
}

// Lowers distance[i] to that of point i to the centre; returns the first point of the greatest distance.
int32_t next_farthest(const PointColumns& p, const float* center, float* distance) {
  const auto lanes = static_cast<int64_t>(hn::Lanes(F32()));
  const V x = set(center[0]), y = set(center[1]), z = set(center[2]);
  const auto step = hn::Set(I32(), static_cast<int32_t>(2 * lanes));
  auto i_even = hn::Iota(I32(), 0), i_odd = hn::Iota(I32(), static_cast<int32_t>(lanes));
  auto first_even = i_even, first_odd = i_odd;
  V even = set(-2), odd = set(-2);
  for (int64_t i = 0; i < p.padded; i += 2 * lanes) {
    see(lower(distance + i, squared_distance(p, i, x, y, z)), i_even, even, first_even);
    see(lower(distance + i + lanes, squared_distance(p, i + lanes, x, y, z)), i_odd, odd, first_odd);
    i_even = hn::Add(i_even, step);
    i_odd = hn::Add(i_odd, step);
  }
  const V greatest = hn::MaxOfLanes(F32(), hn::Max(even, odd));
  const auto first = hn::Min(where_equal(even, greatest, first_even), where_equal(odd, greatest, first_odd));
  return hn::GetLane(hn::MinOfLanes(I32(), first));
}

}  // namespace
}  // namespace ax::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ax::kernels {
namespace {

HWY_EXPORT(next_farthest);

struct Workspace {
  PointColumns points;
  float* distance;  // to the nearest chosen point

  Workspace(ScratchCutter& cut, int64_t n) : points(cut, n), distance(cut.take<float>(points.padded)) {}
};

size_t workspace_bytes(int64_t n) {
  ScratchCutter cut(nullptr);
  Workspace(cut, n);
  return cut.used();
}

void sample_cloud(const float* xyz, const Workspace& w, int64_t count, int32_t* indices) {
  const int64_t n = w.points.size;
  w.points.fill(xyz);
  for (int64_t i = 0; i < n; ++i) w.distance[i] = is_finite(xyz + 3 * i) ? HUGE_VALF : 0.0f;
  std::fill(w.distance + n, w.distance + w.points.padded, -1.0f);
  indices[0] = 0;
  for (int64_t i = 1; i < count; ++i) {
    indices[i] = HWY_DYNAMIC_DISPATCH(next_farthest)(w.points, xyz + 3 * indices[i - 1], w.distance);
  }
}

}  // namespace

void farthest_points(std::span<const float> xyz, int64_t count, std::span<int32_t> indices) {
  const auto n = static_cast<int64_t>(xyz.size() / 3);
  if (count < 1 || count > n || xyz.size() % 3 != 0) {
    fail("farthest_points: count: expected 1 to {} points of the cloud, got {}", n, count);
  }
  if (static_cast<int64_t>(indices.size()) != count) {
    fail("farthest_points: indices: expected room for {}, got {}", count, indices.size());
  }
  std::vector<std::byte> scratch(workspace_bytes(n));
  ScratchCutter cut(scratch.data());
  sample_cloud(xyz.data(), Workspace(cut, n), count, indices.data());
}

void farthest_points(const FarthestPoints& a) {
  const int64_t n = a.points.shape[1], count = a.indices.shape[1];
  assert(a.points.shape[2] == 3 && a.indices.shape[0] == a.points.shape[0] && count >= 1 && count <= n);
  const size_t bytes = workspace_bytes(n);
  parallel_ranges(a.points.shape[0], 1, [&](int64_t begin, int64_t end, int thread) {
    ScratchCutter cut(static_cast<std::byte*>(a.scratch) + bytes * static_cast<size_t>(thread));
    const Workspace w(cut, n);
    for (int64_t b = begin; b < end; ++b) {
      sample_cloud(a.points.f32() + b * n * 3, w, count, a.indices.i32() + b * count);
    }
  });
}

size_t farthest_points_scratch(int64_t points) {
  return workspace_bytes(points) * static_cast<size_t>(thread_count());
}

}  // namespace ax::kernels
#endif
