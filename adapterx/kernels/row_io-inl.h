// Vectors of f32 to and from rows of f32 or bf16. Per-target: include after foreach_target.h.
#if defined(ADAPTERX_KERNELS_ROW_IO_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ADAPTERX_KERNELS_ROW_IO_INL_H_
#undef ADAPTERX_KERNELS_ROW_IO_INL_H_
#else
#define ADAPTERX_KERNELS_ROW_IO_INL_H_
#endif

#include <hwy/cache_control.h>
#include <hwy/highway.h>

#include <cstring>

#include "adapterx/kernels/row.h"

HWY_BEFORE_NAMESPACE();
namespace ax::kernels::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using F32 = hn::ScalableTag<float>;
using U32 = hn::RebindToUnsigned<F32>;
using U16 = hn::Rebind<uint16_t, F32>;
using V = hn::Vec<F32>;

// The number of elements a step handles: a whole vector, known when compiled, or the last `n` of a row.
struct Whole {};

// body(i, Whole) for each whole vector of [0, n), then body(i, int64_t rest) where elements remain.
template <class Body>
HWY_INLINE void for_vectors(int64_t n, const Body& body) {
  const auto lanes = static_cast<int64_t>(hn::Lanes(F32()));
  int64_t i = 0;
  for (; i + lanes <= n; i += lanes) body(i, Whole{});
  if (i < n) body(i, n - i);
}

HWY_INLINE V set(float x) { return hn::Set(F32(), x); }
HWY_INLINE V zero() { return hn::Zero(F32()); }

HWY_INLINE V from_bf16(hn::Vec<U16> bits) {
  return hn::BitCast(F32(), hn::ShiftLeft<16>(hn::PromoteTo(U32(), bits)));
}

// Nearest, ties to even, NaN stays NaN: to_bf16 of base/bf16.h, bit for bit. The result is in the upper half
// of each lane; the lower half is left over.
HWY_INLINE hn::Vec<U32> round_to_bf16(V x) {
  const U32 du;
  const auto u = hn::BitCast(du, x);
  const auto odd = hn::And(hn::ShiftRight<16>(u), hn::Set(du, 1));
  const auto rounded = hn::Add(u, hn::Add(odd, hn::Set(du, 0x7fff)));
  const auto quiet_nan = hn::Or(u, hn::Set(du, 0x400000));
  const auto nan = hn::RebindMask(du, hn::IsNaN(x));
  return hn::IfThenElse(nan, quiet_nan, rounded);
}

HWY_INLINE V load(Row r, int64_t i, Whole) {
  if (r.dtype == DType::f32) return hn::LoadU(F32(), static_cast<const float*>(r.data) + i);
  return from_bf16(hn::LoadU(U16(), static_cast<const uint16_t*>(r.data) + i));
}

// Lanes from n on are 0.
HWY_INLINE V load(Row r, int64_t i, int64_t n) {
  const Row tail = r + i;
  if (tail.dtype == DType::f32) {
    HWY_ALIGN float lanes[hn::MaxLanes(F32())] = {};
    std::memcpy(lanes, tail.data, static_cast<size_t>(n) * sizeof(float));
    return hn::Load(F32(), lanes);
  }
  HWY_ALIGN uint16_t lanes[hn::MaxLanes(U16())] = {};
  std::memcpy(lanes, tail.data, static_cast<size_t>(n) * sizeof(uint16_t));
  return from_bf16(hn::Load(U16(), lanes));
}

// Stores, and returns what a later load will see.
HWY_INLINE V store(V x, Row r, int64_t i, Whole) {
  if (r.dtype == DType::f32) {
    hn::StoreU(x, F32(), static_cast<float*>(r.data) + i);
    return x;
  }
  const auto bits = round_to_bf16(x);
  hn::StoreU(hn::TruncateTo(U16(), hn::ShiftRight<16>(bits)), U16(), static_cast<uint16_t*>(r.data) + i);
  return hn::BitCast(F32(), hn::And(bits, hn::Set(U32(), 0xffff0000u)));
}

HWY_INLINE V store(V x, Row r, int64_t i, int64_t n) {
  HWY_ALIGN uint32_t lanes[hn::MaxLanes(F32())];  // room for either type
  const V stored = store(x, Row{lanes, r.dtype}, 0, Whole{});
  std::memcpy((r + i).data, lanes, static_cast<size_t>(n) * size_of(r.dtype));
  return stored;
}

// Asks for the cache line of element i; any address is allowed.
HWY_INLINE void prefetch(Row r, int64_t i) { hwy::Prefetch(static_cast<const std::byte*>((r + i).data)); }

// Lanes outside the row replaced, so that reductions over all lanes don't see them.
HWY_INLINE V fill_rest(V x, float, Whole) { return x; }
HWY_INLINE V fill_rest(V x, float value, int64_t n) {
  return hn::IfThenElse(hn::FirstN(F32(), static_cast<size_t>(n)), x, set(value));
}

HWY_INLINE float sum_lanes(V x) { return hn::GetLane(hn::SumOfLanes(F32(), x)); }
HWY_INLINE float max_lanes(V x) { return hn::GetLane(hn::MaxOfLanes(F32(), x)); }

}  // namespace
}  // namespace ax::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
