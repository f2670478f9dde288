#include "adapterx/kernels/tokens/max_tokens.h"

#include <algorithm>
#include <cassert>

#include "adapterx/base/parallel.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "adapterx/kernels/tokens/max_tokens.cc"
#include <hwy/foreach_target.h>

#include "adapterx/kernels/row_io-inl.h"

HWY_BEFORE_NAMESPACE();
namespace ax::kernels::HWY_NAMESPACE {
namespace {

using I32 = hn::RebindToSigned<F32>;
using Index = hn::Vec<I32>;

HWY_INLINE Index load_index(const int32_t* from, Whole) { return hn::LoadU(I32(), from); }
HWY_INLINE Index load_index(const int32_t* from, int64_t n) {
  HWY_ALIGN int32_t lanes[hn::MaxLanes(I32())] = {};
  std::memcpy(lanes, from, static_cast<size_t>(n) * sizeof(int32_t));
  return hn::Load(I32(), lanes);
}
HWY_INLINE void store_index(Index x, int32_t* to, Whole) { hn::StoreU(x, I32(), to); }
HWY_INLINE void store_index(Index x, int32_t* to, int64_t n) {
  HWY_ALIGN int32_t lanes[hn::MaxLanes(I32())];
  hn::Store(x, I32(), lanes);
  std::memcpy(to, lanes, static_cast<size_t>(n) * sizeof(int32_t));
}

// Raises y [d], the maxima so far (`first`: none), by kRows tokens from t on, whose rows begin at x.
template <int kRows>
void raise(Row x, int64_t t, int64_t d, bool first, Row y, int32_t* token) {
  for_vectors(d, [&](int64_t j, auto n) HWY_ATTR {
    V best = first ? load(x, j, n) : load(y, j, n);
    Index at = first || token == nullptr ? hn::Set(I32(), static_cast<int32_t>(t)) : load_index(token + j, n);
    for (int64_t r = first ? 1 : 0; r < kRows; ++r) {
      prefetch(x, (r + kRows) * d + j);
      const V v = load(x, r * d + j, n);
      const auto stays = hn::Or(hn::Le(v, best), hn::IsNaN(best));
      best = hn::IfThenElse(stays, best, v);
      const auto index = hn::Set(I32(), static_cast<int32_t>(t + r));
      at = hn::IfThenElse(hn::RebindMask(I32(), stays), at, index);
    }
    store(best, y, j, n);
    if (token != nullptr) store_index(at, token + j, n);
  });
}

// Of tokens [begin, end) of one sample, whose rows begin at x.
void max_rows(Row x, int64_t begin, int64_t end, int64_t d, Row y, int32_t* token) {
  constexpr int kBlock = 8;
  int64_t t = begin;
  for (; t + kBlock <= end; t += kBlock) raise<kBlock>(x + t * d, t, d, t == begin, y, token);
  for (; t < end; ++t) raise<1>(x + t * d, t, d, t == begin, y, token);
}

void scatter_row(Row dy, const int32_t* token, int64_t t, int64_t d, Row dx) {
  for_vectors(d, [&](int64_t j, auto n) HWY_ATTR {
    const auto here = hn::Eq(load_index(token + j, n), hn::Set(I32(), static_cast<int32_t>(t)));
    store(hn::IfThenElseZero(hn::RebindMask(F32(), here), load(dy, j, n)), dx, j, n);
  });
}

}  // namespace
}  // namespace ax::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ax::kernels {
namespace {
HWY_EXPORT(max_rows);
HWY_EXPORT(scatter_row);
}  // namespace

void max_tokens(const Tensor& x, int64_t begin, int64_t count, const Tensor& y, const Tensor& token) {
  const int64_t tokens = x.shape[1], d = x.shape[2];
  assert(count > 0 && begin + count <= tokens && y.size() == x.shape[0] * d && y.dtype == x.dtype);
  parallel_ranges(x.shape[0], 1, [&](int64_t first, int64_t last, int) {
    for (int64_t b = first; b < last; ++b) {
      HWY_DYNAMIC_DISPATCH(max_rows)
      (row(x) + b * tokens * d, begin, begin + count, d, row(y) + b * d,
       token ? token.i32() + b * d : nullptr);
    }
  });
}

void max_tokens_grad(const Tensor& dy, const Tensor& token, const Tensor& dx) {
  const int64_t tokens = dx.shape[1], d = dx.shape[2];
  assert(dy.size() == dx.shape[0] * d && token.size() == dy.size());
  parallel_ranges(dx.shape[0] * tokens, 8, [&](int64_t first, int64_t last, int) {
    for (int64_t i = first; i < last; ++i) {
      const int64_t column = i / tokens * d;
      HWY_DYNAMIC_DISPATCH(scatter_row)
      (row(dy) + column, token.i32() + column, i % tokens, d, row(dx) + i * d);
    }
  });
}

}  // namespace ax::kernels
#endif
