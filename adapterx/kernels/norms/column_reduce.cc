#include "adapterx/kernels/norms/column_reduce.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "adapterx/base/parallel.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "adapterx/kernels/norms/column_reduce.cc"
#include <hwy/foreach_target.h>

#include "adapterx/kernels/row_io-inl.h"

HWY_BEFORE_NAMESPACE();
namespace ax::kernels::HWY_NAMESPACE {
namespace {

// Adds kRows rows of `stride` elements, the first `width` of each. Summing a few rows in registers first
// saves traffic to the accumulator and, by the shorter chains, rounding.
template <int kRows>
void add_rows(Row x, Row z, int64_t stride, int64_t width, Row sum, Row dot) {
  for_vectors(width, [&](int64_t j, auto n) HWY_ATTR {
    V s = zero(), p = zero();
    for (int64_t r = 0; r < kRows; ++r) {
      const V v = load(x, r * stride + j, n);
      if (sum) s = hn::Add(s, v);
      if (dot) p = hn::MulAdd(v, load(z, r * stride + j, n), p);
    }
    if (sum) store(hn::Add(load(sum, j, n), s), sum, j, n);
    if (dot) store(hn::Add(load(dot, j, n), p), dot, j, n);
  });
}

// Elements [begin, end), `begin` at the start of a row; the last row may be cut short.
void add_elements(Row x, Row z, int64_t begin, int64_t end, int64_t width, Row sum, Row dot) {
  constexpr int kBlock = 8;
  int64_t i = begin;
  for (; i + kBlock * width <= end; i += kBlock * width)
    add_rows<kBlock>(x + i, z + i, width, width, sum, dot);
  for (; i < end; i += width) add_rows<1>(x + i, z + i, width, std::min(width, end - i), sum, dot);
}

}  // namespace
}  // namespace ax::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ax::kernels {
namespace {

HWY_EXPORT(add_elements);

constexpr int64_t kRowGrain = 8;

// Few columns are summed as if several rows were one, to keep the vectors full.
int64_t width_of(int64_t n) { return n * std::max<int64_t>(1, 256 / n); }

void fold(const float* parts, int64_t width, int64_t stride, const Tensor& out) {
  if (!out) return;
  const int64_t n = out.size();
  for (int t = 0; t < thread_count(); ++t) {
    for_segments(0, width, n, [&](int64_t i, int64_t) {
      for (int64_t j = 0; j < n; ++j) out.f32()[j] += parts[t * stride + i + j];
    });
  }
}

}  // namespace

size_t column_reduce_scratch(int64_t n, int outputs) {
  return static_cast<size_t>(thread_count() * outputs * width_of(n)) * sizeof(float);
}

void column_reduce(const ColumnReduce& a) {
  const int outputs = (a.sum ? 1 : 0) + (a.dot ? 1 : 0);
  if (outputs == 0) return;
  const int64_t n = a.sum ? a.sum.size() : a.dot.size();
  assert(a.x.size() % n == 0 && (!a.dot || a.z.size() == a.x.size()));
  const int64_t width = width_of(n), stride = outputs * width;
  float* parts = static_cast<float*>(a.scratch);
  std::memset(parts, 0, column_reduce_scratch(n, outputs));
  const int64_t rows = (a.x.size() + width - 1) / width;
  parallel_ranges(rows, kRowGrain, [&](int64_t begin, int64_t end, int thread) {
    float* part = parts + thread * stride;
    HWY_DYNAMIC_DISPATCH(add_elements)
    (row(a.x), row(a.z), begin * width, std::min(end * width, a.x.size()), width,
     a.sum ? Row{part, DType::f32} : Row(), a.dot ? Row{part + (a.sum ? width : 0), DType::f32} : Row());
  });
  fold(parts, width, stride, a.sum);
  fold(parts + (a.sum ? width : 0), width, stride, a.dot);
}

}  // namespace ax::kernels
#endif
