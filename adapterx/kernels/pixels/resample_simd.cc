#include "adapterx/kernels/pixels/resample_simd.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "adapterx/kernels/pixels/resample_simd.cc"
#ifndef HWY_DISABLED_TARGETS  // vectors of known length
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128)
#endif
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace ax::kernels::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

constexpr int32_t kHalf = 1 << (kWeightBits - 1);

void weigh_bytes(const FixedWindows::Window& w, const FixedWindows::Pair* pairs, const uint8_t* in,
                 int64_t stride, int64_t n, uint8_t* out) {
  for (int64_t j = 0; j < n; ++j) {
    uint32_t sum = kHalf;  // wraps as the vectors do
    for (int32_t t = 0; t < w.count; ++t) {
      const FixedWindows::Pair p = pairs[t / 2];
      const int shift = t % 2 == 0 ? 16 : 0;  // the weight's half to the top, and down with its sign
      const int32_t high = static_cast<int32_t>(static_cast<uint32_t>(p.high) << shift) >> 16;
      const int32_t low = static_cast<int32_t>(static_cast<uint32_t>(p.low) << shift) >> 16;
      const uint32_t weight = (static_cast<uint32_t>(high) << kLowBits) + static_cast<uint32_t>(low);
      sum += weight * in[t * stride + j];
    }
    out[j] = static_cast<uint8_t>(std::clamp(static_cast<int32_t>(sum) >> kWeightBits, 0, 255));
  }
}

void transpose_by_byte(const uint8_t* in, int64_t stride, int64_t rows, int64_t columns, uint8_t* out,
                       int64_t out_stride) {
  for (int64_t c = 0; c < columns; ++c) {
    for (int64_t r = 0; r < rows; ++r) out[c * out_stride + r] = in[r * stride + c];
  }
}

#if HWY_TARGET != HWY_SCALAR

template <class D32, class V16, class V32 = hn::Vec<D32>>
HWY_INLINE V32 add_products(D32 d, V16 a, V16 b, V32 sum) {
  V32 rest = hn::Zero(d);
  const V32 products = hn::ReorderWidenMulAccumulate(d, a, b, hn::Zero(d), rest);
  return hn::Add(sum, hn::RearrangeToOddPlusEven(products, rest));
}

// One output vector: sums of the four quarters of each 16-byte block, as interleaving with zeros makes them.
template <class D8>
class Weigher {
  using D16 = hn::Repartition<int16_t, D8>;
  using D32 = hn::Repartition<int32_t, D8>;
  using V8 = hn::Vec<D8>;
  using V16 = hn::Vec<D16>;
  using V32 = hn::Vec<D32>;

 public:
  HWY_INLINE Weigher()
      : high0_(zero()),
        high1_(zero()),
        high2_(zero()),
        high3_(zero()),
        low0_(half()),
        low1_(half()),
        low2_(half()),
        low3_(half()) {}

  HWY_INLINE void add(const uint8_t* first, const uint8_t* second, FixedWindows::Pair pair) {
    const D8 d;
    const V8 a = hn::LoadU(d, first), b = hn::LoadU(d, second), none = hn::Zero(d);
    const V8 lower = hn::InterleaveLower(d, a, b), upper = hn::InterleaveUpper(d, a, b);
    const V16 high = weights(pair.high), low = weights(pair.low);
    add(hn::InterleaveLower(d, lower, none), high, low, high0_, low0_);
    add(hn::InterleaveUpper(d, lower, none), high, low, high1_, low1_);
    add(hn::InterleaveLower(d, upper, none), high, low, high2_, low2_);
    add(hn::InterleaveUpper(d, upper, none), high, low, high3_, low3_);
  }

  HWY_INLINE void store(uint8_t* out) const {
    static constexpr uint8_t kEvenThenOdd[16] = {0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15};
    const D8 d;
    const V16 lower = clip(high0_, low0_, high1_, low1_), upper = clip(high2_, low2_, high3_, low3_);
    const V8 mixed = hn::BitCast(d, hn::Or(lower, hn::ShiftLeft<8>(upper)));
    hn::StoreU(hn::TableLookupBytes(mixed, hn::LoadDup128(d, kEvenThenOdd)), d, out);
  }

 private:
  static HWY_INLINE V32 zero() { return hn::Zero(D32()); }
  static HWY_INLINE V32 half() { return hn::Set(D32(), kHalf); }
  static HWY_INLINE V16 weights(int32_t pair) { return hn::BitCast(D16(), hn::Set(D32(), pair)); }

  static HWY_INLINE void add(V8 pixels, V16 high, V16 low, V32& high_sum, V32& low_sum) {
    const V16 p = hn::BitCast(D16(), pixels);
    high_sum = add_products(D32(), p, high, high_sum);
    low_sum = add_products(D32(), p, low, low_sum);
  }

  static HWY_INLINE V32 shift(V32 high, V32 low) {
    return hn::ShiftRight<kWeightBits>(hn::Add(hn::ShiftLeft<kLowBits>(high), low));
  }
  static HWY_INLINE V16 clip(V32 high0, V32 low0, V32 high1, V32 low1) {
    const D16 d;
    const V16 x = hn::ReorderDemote2To(d, shift(high0, low0), shift(high1, low1));
    return hn::Min(hn::Max(x, hn::Zero(d)), hn::Set(d, 255));
  }

  V32 high0_, high1_, high2_, high3_, low0_, low1_, low2_, low3_;
};

template <class D8>
HWY_INLINE void weigh_vector(D8, const FixedWindows::Window& w, const FixedWindows::Pair* pairs,
                             const uint8_t* in, int64_t stride, uint8_t* out) {
  Weigher<D8> sums;
  int32_t t = 0;
  for (; t + 2 <= w.count; t += 2, in += 2 * stride) sums.add(in, in + stride, *pairs++);
  if (t < w.count) sums.add(in, in, *pairs);
  sums.store(out);
}

// The last vector overlaps the one before it.
template <class D8>
HWY_INLINE void weigh_row(D8 d, const FixedWindows::Window& w, const FixedWindows::Pair* pairs,
                          const uint8_t* in, int64_t stride, int64_t n, uint8_t* out) {
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  for (int64_t j = 0; j < n; j += lanes) {
    const int64_t at = std::min(j, n - lanes);
    weigh_vector(d, w, pairs, in + at, stride, out + at);
  }
}

// n of any size.
HWY_INLINE void weigh(const FixedWindows::Window& w, const FixedWindows::Pair* pairs, const uint8_t* in,
                      int64_t stride, int64_t n, uint8_t* out) {
  const hn::ScalableTag<uint8_t> whole;
  const hn::CappedTag<uint8_t, 16> block;
  if (n >= static_cast<int64_t>(hn::Lanes(whole))) {
    weigh_row(whole, w, pairs, in, stride, n, out);
  } else if (n >= static_cast<int64_t>(hn::Lanes(block))) {
    weigh_row(block, w, pairs, in, stride, n, out);
  } else {
    weigh_bytes(w, pairs, in, stride, n, out);
  }
}

constexpr int64_t kTile = 16;
using Tile = hn::CappedTag<uint8_t, kTile>;

// Four rounds of interleaving row i with row i + 8 are a transpose: each turns the index (row, column), 8
// bits as one number, left by one bit.
HWY_INLINE void transpose_tile(const uint8_t* in, int64_t stride, uint8_t* out, int64_t out_stride) {
  const Tile d;
  hn::Vec<Tile> a[kTile], b[kTile];
  for (int64_t r = 0; r < kTile; ++r) a[r] = hn::LoadU(d, in + r * stride);
  for (int round = 0; round < 4; round += 2) {
    for (int i = 0; i < 8; ++i) {
      b[2 * i] = hn::InterleaveLower(d, a[i], a[i + 8]);
      b[2 * i + 1] = hn::InterleaveUpper(d, a[i], a[i + 8]);
    }
    for (int i = 0; i < 8; ++i) {
      a[2 * i] = hn::InterleaveLower(d, b[i], b[i + 8]);
      a[2 * i + 1] = hn::InterleaveUpper(d, b[i], b[i + 8]);
    }
  }
  for (int64_t c = 0; c < kTile; ++c) hn::StoreU(a[c], d, out + c * out_stride);
}

HWY_INLINE void transpose(const uint8_t* in, int64_t stride, int64_t rows, int64_t columns, uint8_t* out,
                          int64_t out_stride) {
  if (rows < kTile || columns < kTile) return transpose_by_byte(in, stride, rows, columns, out, out_stride);
  for (int64_t j = 0; j < columns; j += kTile) {
    const int64_t c = std::min(j, columns - kTile);
    for (int64_t i = 0; i < rows; i += kTile) {
      const int64_t r = std::min(i, rows - kTile);
      transpose_tile(in + r * stride + c, stride, out + c * out_stride + r, out_stride);
    }
  }
}

#else  // one lane

constexpr auto weigh = weigh_bytes;
constexpr auto transpose = transpose_by_byte;

#endif

void weigh_rows_simd(const FixedWindows& windows, int64_t begin, int64_t end, const uint8_t* in,
                     int64_t stride, int64_t n, uint8_t* out, int64_t out_stride) {
  for (int64_t i = begin; i < end; ++i) {
    const FixedWindows::Window& w = windows.windows[static_cast<size_t>(i)];
    weigh(w, windows.pairs.data() + w.pairs, in + w.first * stride, stride, n, out + i * out_stride);
  }
}

void transpose_bytes_simd(const uint8_t* in, int64_t stride, int64_t rows, int64_t columns, uint8_t* out,
                          int64_t out_stride) {
  transpose(in, stride, rows, columns, out, out_stride);
}

}  // namespace
}  // namespace ax::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ax::kernels {
namespace {
HWY_EXPORT(weigh_rows_simd);
HWY_EXPORT(transpose_bytes_simd);
}  // namespace

void weigh_rows(const FixedWindows& windows, int64_t begin, int64_t end, const uint8_t* in, int64_t stride,
                int64_t n, uint8_t* out, int64_t out_stride) {
  HWY_DYNAMIC_DISPATCH(weigh_rows_simd)(windows, begin, end, in, stride, n, out, out_stride);
}

void transpose_bytes(const uint8_t* in, int64_t stride, int64_t rows, int64_t columns, uint8_t* out,
                     int64_t out_stride) {
  HWY_DYNAMIC_DISPATCH(transpose_bytes_simd)(in, stride, rows, columns, out, out_stride);
}

}  // namespace ax::kernels
#endif
