#include "adapterx/kernels/points/chamfer.h"

#include <cassert>

#include "adapterx/base/parallel.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "adapterx/kernels/points/chamfer.cc"
#include <hwy/foreach_target.h>

#include "adapterx/kernels/points/point_distance-inl.h"

HWY_BEFORE_NAMESPACE();
namespace ax::kernels::HWY_NAMESPACE {
namespace {

using I32 = hn::RebindToSigned<F32>;

// Sum over `count` points of the (squared) distance to the nearest point of `set`; `nearest`, unless null:
// which it is.
float nearest_sum(const PointColumns& set, const float* xyz, int64_t count, bool squared, int32_t* nearest) {
  const auto lanes = static_cast<int64_t>(hn::Lanes(F32()));
  const auto lane = hn::Iota(I32(), 0);
  const V far = hn::Set(F32(), HUGE_VALF);
  float sum = 0;
  for (int64_t i = 0; i < count; ++i, xyz += 3) {
    const V x = hn::Set(F32(), xyz[0]), y = hn::Set(F32(), xyz[1]), z = hn::Set(F32(), xyz[2]);
    V least = far;
    auto first = lane;
    for (int64_t j = 0; j < set.size; j += lanes) {
      const V d = squared_distance(set, j, x, y, z);
      const auto nearer = hn::Lt(d, least);
      least = hn::IfThenElse(nearer, d, least);
      const auto index = hn::Add(lane, hn::Set(I32(), static_cast<int32_t>(j)));
      first = hn::IfThenElse(hn::RebindMask(I32(), nearer), index, first);
    }
    const V all = hn::MinOfLanes(F32(), least);
    sum += squared ? hn::GetLane(all) : std::sqrt(hn::GetLane(all));
    if (nearest == nullptr) continue;
    const auto is_least = hn::RebindMask(I32(), hn::Eq(least, all));
    const auto candidates = hn::IfThenElse(is_least, first, hn::Set(I32(), INT32_MAX));
    nearest[i] = hn::GetLane(hn::MinOfLanes(I32(), candidates));
  }
  return sum;
}

}  // namespace
}  // namespace ax::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ax::kernels {
namespace {

HWY_EXPORT(nearest_sum);

constexpr int64_t kGrain = 4;  // pairs

struct Workspace {
  PointColumns predicted, target;

  Workspace(ScratchCutter& cut, int64_t p, int64_t q) : predicted(cut, p), target(cut, q) {}
};

size_t workspace_bytes(int64_t p, int64_t q) {
  ScratchCutter cut(nullptr);
  Workspace(cut, p, q);
  return cut.used();
}

// Of the term of one point: gradient by its coordinates, `weight` the gradient of its (squared) distance.
struct PointGradient {
  float d[3];

  PointGradient(const float* from, const float* to, bool squared, float weight) {
    for (int c = 0; c < 3; ++c) d[c] = from[c] - to[c];
    const float length = std::sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]);
    const float factor = squared ? 2 * weight : length > 0 ? weight / length : 0.0f;
    for (float& x : d) x *= factor;
  }
  void add(float sign, float* to) const {
    for (int c = 0; to != nullptr && c < 3; ++c) to[c] += sign * d[c];
  }
};

// The terms of `count` points `from`, whose nearest ones are to[nearest[i]]; added to both gradients.
void add_gradients(const float* from, int64_t count, const float* to, const int32_t* nearest, bool squared,
                   float weight, float* dfrom, float* dto) {
  for (int64_t i = 0; i < count; ++i) {
    const int64_t n = nearest[i];
    const PointGradient g(from + 3 * i, to + 3 * n, squared, weight);
    g.add(1, dfrom == nullptr ? nullptr : dfrom + 3 * i);
    g.add(-1, dto == nullptr ? nullptr : dto + 3 * n);
  }
}

float* part(const Tensor& t, int64_t pair) { return t ? t.f32() + pair * t.shape[1] * 3 : nullptr; }
int32_t* indices(const Tensor& t, int64_t pair) { return t ? t.i32() + pair * t.shape[1] : nullptr; }

// Of one point in the mean over all of them.
float weight_of(int64_t points, bool squared) { return (squared ? 1.0f : 0.5f) / static_cast<float>(points); }

}  // namespace

void chamfer(const Chamfer& a) {
  const int64_t pairs = a.predicted.shape[0], p = a.predicted.shape[1], q = a.target.shape[1];
  assert(a.target.shape[0] == pairs && a.predicted.shape[2] == 3 && a.target.shape[2] == 3);
  ScratchCutter cut(a.scratch);
  float* sums = cut.take<float>(2 * pairs);
  std::byte* threads = static_cast<std::byte*>(a.scratch) + cut.used();
  const size_t bytes = workspace_bytes(p, q);
  parallel_ranges(pairs, kGrain, [&](int64_t begin, int64_t end, int thread) {
    ScratchCutter own(threads + bytes * static_cast<size_t>(thread));
    const Workspace w(own, p, q);
    for (int64_t m = begin; m < end; ++m) {
      const float *predicted = part(a.predicted, m), *target = part(a.target, m);
      w.predicted.fill(predicted);
      w.target.fill(target);
      sums[2 * m] =
          HWY_DYNAMIC_DISPATCH(nearest_sum)(w.target, predicted, p, a.squared, indices(a.nearest_target, m));
      sums[2 * m + 1] = HWY_DYNAMIC_DISPATCH(nearest_sum)(w.predicted, target, q, a.squared,
                                                          indices(a.nearest_predicted, m));
    }
  });
  double of_predicted = 0, of_target = 0;
  for (int64_t m = 0; m < pairs; ++m) {
    of_predicted += static_cast<double>(sums[2 * m]);
    of_target += static_cast<double>(sums[2 * m + 1]);
  }
  const double means =
      of_predicted / static_cast<double>(pairs * p) + of_target / static_cast<double>(pairs * q);
  *a.distance.f32() = static_cast<float>(a.squared ? means : means / 2);
}

size_t chamfer_scratch(int64_t pairs, int64_t predicted, int64_t target) {
  ScratchCutter cut(nullptr);
  cut.take<float>(2 * pairs);
  return cut.used() + workspace_bytes(predicted, target) * static_cast<size_t>(thread_count());
}

void chamfer_grad(const ChamferGrad& a) {
  const int64_t pairs = a.predicted.shape[0], p = a.predicted.shape[1], q = a.target.shape[1];
  const float upstream = *a.ddistance.f32();
  const float of_predicted = upstream * weight_of(pairs * p, a.squared);
  const float of_target = upstream * weight_of(pairs * q, a.squared);
  parallel_ranges(pairs, kGrain, [&](int64_t begin, int64_t end, int) {
    for (int64_t m = begin; m < end; ++m) {
      const float *predicted = part(a.predicted, m), *target = part(a.target, m);
      float *dpredicted = part(a.dpredicted, m), *dtarget = part(a.dtarget, m);
      if (dpredicted != nullptr) std::fill_n(dpredicted, 3 * p, 0.0f);
      if (dtarget != nullptr) std::fill_n(dtarget, 3 * q, 0.0f);
      add_gradients(predicted, p, target, indices(a.nearest_target, m), a.squared, of_predicted, dpredicted,
                    dtarget);
      add_gradients(target, q, predicted, indices(a.nearest_predicted, m), a.squared, of_target, dtarget,
                    dpredicted);
    }
  });
}

}  // namespace ax::kernels
#endif
