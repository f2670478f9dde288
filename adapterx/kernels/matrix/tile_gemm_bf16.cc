// tile_gemm of bf16 pairs by vdpbf16ps (AVX512_BF16), which sums both products of a pair in f32.
#include "adapterx/kernels/matrix/tile_gemm.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include <cstring>

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16"))), \
                             apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16")
#endif

namespace ax::kernels {
namespace {

#include "adapterx/kernels/matrix/tile_gemm-inl.h"

struct DotOps {
  using Acc = __m512;
  using Operand = __m512bh;
  static constexpr int64_t kLanes = 16;
  static constexpr int kPanelVecs = 4;
  static constexpr int kParts = 1;

  static Acc zero() { return _mm512_setzero_ps(); }
  static Acc load_sum(const float* c) { return _mm512_loadu_ps(c); }
  static void store_sum(Acc sum, float* c) { _mm512_storeu_ps(c, sum); }
  template <int kPart>
  static Operand load(const uint32_t* b) {
    return as_pairs(_mm512_loadu_si512(b));
  }
  template <int kPart>
  static Operand broadcast(const uint32_t* a) {
    int pair;
    std::memcpy(&pair, a, sizeof pair);
    return as_pairs(_mm512_set1_epi32(pair));
  }
  static Acc multiply_add(Operand a, Operand b, Acc sum) { return _mm512_dpbf16_ps(sum, a, b); }

 private:
  static Operand as_pairs(__m512i v) { return (__m512bh)v; }
};

}  // namespace

void internal::tile_gemm_avx512_bf16(const TileGemm& g) { run_tiles<DotOps>(g); }

}  // namespace ax::kernels

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
