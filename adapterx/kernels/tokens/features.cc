#include "adapterx/kernels/tokens/features.h"

#include <array>
#include <cassert>
#include <cstring>

#include "adapterx/base/parallel.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "adapterx/kernels/tokens/features.cc"
#include <hwy/foreach_target.h>

#include "adapterx/kernels/row_io-inl.h"

HWY_BEFORE_NAMESPACE();
namespace ax::kernels::HWY_NAMESPACE {
namespace {

// sum[0, n) += kRows rows of x, `stride` elements apart.
template <int kRows>
void add_rows(Row x, int64_t stride, Row sum, int64_t count) {
  for_vectors(count, [&](int64_t j, auto n) HWY_ATTR {
    V s = zero();
    for (int64_t r = 0; r < kRows; ++r) s = hn::Add(s, load(x, r * stride + j, n));
    store(hn::Add(load(sum, j, n), s), sum, j, n);
  });
}

void sum_rows(Row x, int64_t rows, int64_t stride, Row sum, int64_t count) {
  constexpr int kBlock = 8;
  int64_t r = 0;
  for (; r + kBlock <= rows; r += kBlock) add_rows<kBlock>(x + r * stride, stride, sum, count);
  for (; r < rows; ++r) add_rows<1>(x + r * stride, stride, sum, count);
}

void add_row(Row a, Row b, Row y, int64_t count) {
  for_vectors(count,
              [=](int64_t i, auto n) HWY_ATTR { store(hn::Add(load(a, i, n), load(b, i, n)), y, i, n); });
}

}  // namespace
}  // namespace ax::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ax::kernels {
namespace {

HWY_EXPORT(sum_rows);
HWY_EXPORT(add_row);

constexpr int64_t kTokenGrain = 8;
constexpr int64_t kBlock = 1024;  // columns summed at a time

}  // namespace

void copy_features(const Tensor& src, int64_t src_begin, const Tensor& dst, int64_t dst_begin,
                   int64_t count) {
  const int64_t tokens = dst.shape[1], from = src.shape[2], to = dst.shape[2];
  assert(src.shape[0] == dst.shape[0] && (src.shape[1] == tokens || src.shape[1] == 1));
  assert(src_begin + count <= from && dst_begin + count <= to);
  const int64_t repeats = tokens / src.shape[1];
  parallel_ranges(dst.shape[0] * tokens, kTokenGrain, [&](int64_t begin, int64_t end, int) {
    for (int64_t t = begin; t < end; ++t) {
      scale_row(row(src) + (t / repeats * from + src_begin), 1, row(dst) + (t * to + dst_begin), count);
    }
  });
}

void add_features(const Tensor& y, const Tensor& x, int64_t begin, const Tensor& out) {
  const int64_t width = y.shape[2], count = x.shape[2], rest = begin + count;
  assert(y.shape == out.shape && x.shape.rows() == y.shape.rows() && rest <= width);
  const bool copies = y.data != out.data;
  parallel_ranges(y.shape.rows(), kTokenGrain, [&](int64_t first, int64_t last, int) {
    for (int64_t t = first; t < last; ++t) {
      const Row from = row(y) + t * width, to = row(out) + t * width;
      if (copies) scale_row(from, 1, to, begin);
      if (copies) scale_row(from + rest, 1, to + rest, width - rest);
      HWY_DYNAMIC_DISPATCH(add_row)(from + begin, row(x) + t * count, to + begin, count);
    }
  });
}

void sum_features(const Tensor& x, int64_t begin, const Tensor& y) {
  const int64_t tokens = x.shape[1], d = x.shape[2], count = y.shape[2];
  assert(y.shape[0] == x.shape[0] && begin + count <= d);
  parallel_ranges(x.shape[0], 1, [&](int64_t first, int64_t last, int) {
    std::array<float, kBlock> space;
    const Row sum{space.data(), DType::f32};
    for (int64_t b = first; b < last; ++b) {
      for_segments(0, count, kBlock, [&](int64_t j, int64_t n) {
        std::memset(space.data(), 0, static_cast<size_t>(n) * sizeof(float));
        HWY_DYNAMIC_DISPATCH(sum_rows)(row(x) + (b * tokens * d + begin + j), tokens, d, sum, n);
        scale_row(sum, 1, row(y) + (b * count + j), n);
      });
    }
  });
}

}  // namespace ax::kernels
#endif
