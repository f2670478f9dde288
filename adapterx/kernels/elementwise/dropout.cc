#include "adapterx/kernels/elementwise/dropout.h"

#include <array>
#include <cassert>
#include <cmath>
#include <cstring>

#include "adapterx/base/parallel.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "adapterx/kernels/elementwise/dropout.cc"
#include <hwy/foreach_target.h>

#include "adapterx/kernels/row_io-inl.h"

HWY_BEFORE_NAMESPACE();
namespace ax::kernels::HWY_NAMESPACE {
namespace {

constexpr size_t kBlock = 512;  // draws held at a time, a multiple of what one call of philox_blocks makes
constexpr size_t kPad = 128;    // a step of draw() and a vector read that begin on a held draw stay inside
using Draws = std::array<uint32_t, kBlock + kPad>;

// Philox 4x32-10 (base/rng.h) on vectors: a 64-bit lane for each counter block. Of a word only the lower half
// of its lane counts, the upper half is left over.
using U64 = hn::ScalableTag<uint64_t>;
using Words = hn::Vec<U64>;

// Whole product of the lower halves.
HWY_INLINE Words multiply_low(Words x, uint32_t factor) {
#if HWY_TARGET == HWY_SCALAR
  return hn::Mul(hn::And(x, hn::Set(U64(), 0xffffffffu)), hn::Set(U64(), factor));
#else
  const hn::Repartition<uint32_t, U64> d;
  return hn::MulEven(hn::BitCast(d, x), hn::Set(d, factor));
#endif
}

HWY_INLINE Words pair(Words low, Words high) {
  return hn::Or(hn::And(low, hn::Set(U64(), 0xffffffffu)), hn::ShiftLeft<32>(high));
}

// The draws of the blocks in the lanes of `index`, two to each element of `out`, in their order.
HWY_INLINE void philox_blocks(const Rng& rng, Words index, uint64_t* out) {
  const U64 d;
  Words c0 = index, c1 = hn::ShiftRight<32>(index);
  Words c2 = hn::Set(d, rng.step()), c3 = hn::Set(d, rng.place());
  Words key0 = hn::Set(d, rng.seed()), key1 = hn::Set(d, rng.seed() >> 32);
  for (int round = 0; round < 10; ++round) {
    const Words a = multiply_low(c0, 0xD2511F53u), b = multiply_low(c2, 0xCD9E8D57u);
    c0 = hn::Xor(hn::ShiftRight<32>(b), hn::Xor(c1, key0));
    c2 = hn::Xor(hn::ShiftRight<32>(a), hn::Xor(c3, key1));
    c1 = b;
    c3 = a;
    key0 = hn::Add(key0, hn::Set(d, 0x9E3779B9u));
    key1 = hn::Add(key1, hn::Set(d, 0xBB67AE85u));
  }
  hn::StoreInterleaved2(pair(c0, c1), pair(c2, c3), d, out);
}

// draws[i] = rng.bits(first + i) for i < count at least, `first` a multiple of 4. A copy of the generator
// can't be what a store changes: its keys stay in registers.
void draw(Rng rng, int64_t first, size_t count, Draws& draws) {
  const U64 d;
  const size_t lanes = hn::Lanes(d);
  Words index = hn::Iota(d, static_cast<uint64_t>(first) / 4);
  for (size_t i = 0; i < count; i += 4 * lanes) {
    HWY_ALIGN uint64_t pairs[2 * hn::MaxLanes(U64())];
    philox_blocks(rng, index, pairs);
    std::memcpy(draws.data() + i, pairs, 4 * lanes * sizeof(uint32_t));
    index = hn::Add(index, hn::Set(d, lanes));
  }
}

// Elements with draws [begin, end); x and y start at draw `first`. A draw has 24 bits: in units of 2^-24 it
// is an integer, kept above ceil(rate) - 1.
void dropout_range(const Rng& rng, float rate, Row x, Row y, int64_t first, int64_t begin, int64_t end) {
  HWY_ALIGN Draws draws;
  const hn::RebindToSigned<F32> di;
  const V factor = set(1.0f / (1.0f - rate));
  const auto dropped = hn::Set(di, static_cast<int32_t>(std::ceil(rate * 0x1p24f)) - 1);
  for_segments(begin, end, kBlock, [&](int64_t at, int64_t count) HWY_ATTR {
    const int64_t skipped = at % 4;
    draw(rng, at - skipped, static_cast<size_t>(skipped + count), draws);
    for_vectors(count, [&](int64_t i, auto n) HWY_ATTR {
      const auto bits = hn::BitCast(di, hn::ShiftRight<8>(hn::LoadU(U32(), draws.data() + skipped + i)));
      const auto kept = hn::RebindMask(F32(), hn::Gt(bits, dropped));
      const int64_t element = at - first + i;
      store(hn::IfThenElseZero(kept, hn::Mul(load(x, element, n), factor)), y, element, n);
    });
  });
}

}  // namespace
}  // namespace ax::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ax::kernels {
namespace {
HWY_EXPORT(dropout_range);
constexpr int64_t kGrain = 512;
}  // namespace

void dropout(const Rng& rng, float rate, const Tensor& x, const Tensor& y, uint64_t first_draw) {
  assert(x.size() == y.size());
  const auto first = static_cast<int64_t>(first_draw);
  parallel_ranges(x.size(), kGrain, [&](int64_t begin, int64_t end, int) {
    HWY_DYNAMIC_DISPATCH(dropout_range)(rng, rate, row(x), row(y), first, first + begin, first + end);
  });
}

void drop_path_factors(const Rng& rng, float rate, const Tensor& factor) {
  const float kept = 1.0f / (1.0f - rate);
  for (int64_t b = 0; b < factor.size(); ++b) {
    factor.f32()[b] = rng.uniform(static_cast<uint64_t>(b)) >= rate ? kept : 0.0f;
  }
}

}  // namespace ax::kernels
#endif
