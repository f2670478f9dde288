#include "adapterx/kernels/experts/route.h"

#include <cassert>
#include <cmath>
#include <cstring>

#include "adapterx/base/parallel.h"
#include "adapterx/kernels/experts/route_tile.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "adapterx/kernels/experts/route.cc"
#include <hwy/foreach_target.h>

#include "adapterx/kernels/elementwise/vector_math-inl.h"
#include "adapterx/kernels/row_io-inl.h"

HWY_BEFORE_NAMESPACE();
namespace ax::kernels::HWY_NAMESPACE {
namespace {

// Rows of s [rows][stride]: softmax of the first n.
void softmax_tile(float* s, int64_t rows, int64_t n, int64_t stride) {
  for (int64_t r = 0; r < rows; ++r) {
    const Row row{s + r * stride, DType::f32};
    V top = set(-3e38f), sum = zero();
    for_vectors(
        n, [&](int64_t i, auto m) HWY_ATTR { top = hn::Max(top, fill_rest(load(row, i, m), -3e38f, m)); });
    const V max = set(max_lanes(top));
    for_vectors(n, [&](int64_t i, auto m) HWY_ATTR {
      const V p = fill_rest(exp(hn::Sub(load(row, i, m), max)), 0.0f, m);
      sum = hn::Add(sum, p);
      store(p, row, i, m);
    });
    const V factor = set(1.0f / sum_lanes(sum));
    for_vectors(n, [&](int64_t i, auto m) HWY_ATTR { store(hn::Mul(load(row, i, m), factor), row, i, m); });
  }
}

}  // namespace
}  // namespace ax::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ax::kernels {
namespace {

HWY_EXPORT(softmax_tile);

// The k largest of p[0, n), the lowest index first among equals.
void choose(const float* p, int64_t n, int64_t k, int32_t* choice) {
  for (int64_t slot = 0; slot < k; ++slot) {
    int32_t best = -1;
    for (int32_t i = 0; i < n; ++i) {
      const bool taken = std::find(choice, choice + slot, i) != choice + slot;
      if (!taken && (best < 0 || p[i] > p[best])) best = i;
    }
    choice[slot] = best;
  }
}

void route_tile(const Route& a, const PackedRouter& packed, int64_t first, int64_t rows,
                const RouteWorkspace& w) {
  const int64_t n = packed.experts, stride = padded(n);
  score_tile(a.router, packed, a.z, first, rows, w);
  HWY_DYNAMIC_DISPATCH(softmax_tile)(w.s, rows, n, stride);
  for (int64_t r = 0; r < rows; ++r) {
    const float* p = w.s + r * stride;
    int32_t* choice = a.choice.i32() + (first + r) * a.top_k;
    std::memcpy(a.probs.f32() + (first + r) * n, p, static_cast<size_t>(n) * sizeof(float));
    choose(p, n, a.top_k, choice);
    for (int64_t slot = 0; slot < a.top_k; ++slot) w.load[choice[slot]] += 1;
    for (int64_t i = 0; i < n; ++i) w.importance[i] += p[i];
  }
}

}  // namespace

float Router::tau() const { return log_temperature ? std::exp(*log_temperature.f32()) : temperature; }

void route(const Route& a) {
  const int64_t m = a.z.shape[0], n = a.router.experts(), width = a.router.weight.shape[0];
  assert(a.top_k >= 1 && a.top_k <= n && a.probs.size() == m * n && a.choice.size() == m * a.top_k);
  RouteScratch scratch(a.scratch, n, width, a.z.shape[1]);
  pack_router(a.router, scratch.packed);
  const size_t sums = static_cast<size_t>(padded(n)) * sizeof(float);
  for (int t = 0; t < scratch.count; ++t) {
    std::memset(scratch.thread(t).load, 0, sums);
    std::memset(scratch.thread(t).importance, 0, sums);
  }
  parallel_ranges(m, kRouteRows, [&](int64_t begin, int64_t end, int thread) {
    const RouteWorkspace w = scratch.thread(thread);
    for (int64_t i = begin; i < end; i += kRouteRows) {
      route_tile(a, scratch.packed, i, std::min(kRouteRows, end - i), w);
    }
  });
  float balance = 0;
  for (int64_t i = 0; i < n; ++i) {
    float load = 0, importance = 0;
    for (int t = 0; t < scratch.count; ++t) {
      load += scratch.thread(t).load[i];
      importance += scratch.thread(t).importance[i];
    }
    a.load.f32()[i] = load / static_cast<float>(m * a.top_k);
    balance += a.load.f32()[i] * (importance / static_cast<float>(m));
  }
  *a.balance.f32() = static_cast<float>(n) * balance;
}

}  // namespace ax::kernels
#endif
