#include "adapterx/kernels/matrix/tile_gemm.h"

#include <atomic>
#include <cassert>
#include <cstring>

#include "adapterx/base/cpu.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "adapterx/kernels/matrix/tile_gemm.cc"
#ifndef HWY_DISABLED_TARGETS  // vectors of unknown length can't be array elements
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128)
#endif
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace ax::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

#include "adapterx/kernels/matrix/tile_gemm-inl.h"

struct F32Ops {
  using D = hn::CappedTag<float, kTileLanes>;
  using Acc = hn::Vec<D>;
  using Operand = Acc;
  static constexpr int64_t kLanes = hn::MaxLanes(D());
  static constexpr int kPanelVecs = HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_NEON ? 4 : 2;  // registers
  static constexpr int kParts = 1;

  static HWY_INLINE Acc zero() { return hn::Zero(D()); }
  static HWY_INLINE Acc load_sum(const float* c) { return hn::LoadU(D(), c); }
  static HWY_INLINE void store_sum(Acc sum, float* c) { hn::StoreU(sum, D(), c); }
  template <int kPart>
  static HWY_INLINE Operand load(const uint32_t* b) {
    return hn::BitCast(D(), hn::LoadU(hn::RebindToUnsigned<D>(), b));
  }
  template <int kPart>
  static HWY_INLINE Operand broadcast(const uint32_t* a) {
    float value;
    std::memcpy(&value, a, sizeof value);
    return hn::Set(D(), value);
  }
  static HWY_INLINE Acc multiply_add(Operand a, Operand b, Acc sum) { return hn::MulAdd(a, b, sum); }
};

// A bf16 is the upper half of an f32: part 0 of a pair is its low half shifted up, part 1 its high half.
struct Bf16Ops : F32Ops {
  using DU = hn::RebindToUnsigned<D>;
  static constexpr int kParts = 2;

  template <int kPart>
  static HWY_INLINE Operand part(hn::Vec<DU> pair) {
    if constexpr (kPart == 0) return hn::BitCast(D(), hn::ShiftLeft<16>(pair));
    return hn::BitCast(D(), hn::And(pair, hn::Set(DU(), 0xffff0000u)));
  }
  template <int kPart>
  static HWY_INLINE Operand load(const uint32_t* b) {
    return part<kPart>(hn::LoadU(DU(), b));
  }
  template <int kPart>
  static HWY_INLINE Operand broadcast(const uint32_t* a) {
    uint32_t pair;
    std::memcpy(&pair, a, sizeof pair);
    return part<kPart>(hn::Set(DU(), pair));
  }
};

void run_f32(const TileGemm& g) { run_tiles<F32Ops>(g); }
void run_bf16(const TileGemm& g) { run_tiles<Bf16Ops>(g); }

}  // namespace HWY_NAMESPACE
}  // namespace ax::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ax::kernels {
namespace {

HWY_EXPORT(run_f32);
HWY_EXPORT(run_bf16);
std::atomic<bool> g_allow_native_bf16{true};

}  // namespace

namespace internal {
void allow_native_bf16(bool allow) { g_allow_native_bf16 = allow; }
bool native_bf16() {
  return g_allow_native_bf16.load(std::memory_order_relaxed) && cpu_features().avx512_bf16;
}
}  // namespace internal

void tile_gemm(const TileGemm& g) {
  assert(g.dtype == DType::f32 || g.dtype == DType::bf16);
  assert(g.b_unit >= padded(g.n) && g.c_row >= padded(g.n));
  if (g.dtype == DType::f32) return HWY_DYNAMIC_DISPATCH(run_f32)(g);
#if defined(__x86_64__)
  if (internal::native_bf16()) return internal::tile_gemm_avx512_bf16(g);
#endif
  HWY_DYNAMIC_DISPATCH(run_bf16)(g);
}

}  // namespace ax::kernels
#endif
