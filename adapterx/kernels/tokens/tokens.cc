#include "adapterx/kernels/tokens/tokens.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>

#include "adapterx/base/parallel.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "adapterx/kernels/tokens/tokens.cc"
#include <hwy/foreach_target.h>

#include "adapterx/kernels/row_io-inl.h"

HWY_BEFORE_NAMESPACE();
namespace ax::kernels::HWY_NAMESPACE {
namespace {

void accumulate_row(Row x, Row sum, int64_t count) {
  for_vectors(count,
              [=](int64_t i, auto n) HWY_ATTR { store(hn::Add(load(sum, i, n), load(x, i, n)), sum, i, n); });
}

}  // namespace
}  // namespace ax::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ax::kernels {
namespace {

HWY_EXPORT(accumulate_row);

constexpr int64_t kTokenGrain = 8;
constexpr int64_t kPatchRowGrain = 1;
constexpr int64_t kBlock = 1024;  // columns summed at a time

// Row of element (b, t, 0) of [B, T, d].
Row token(const Tensor& x, int64_t b, int64_t t) { return row(x) + (b * x.shape[1] + t) * x.shape[2]; }

void zero_row(Row r, int64_t n) { std::memset(r.data, 0, static_cast<size_t>(n) * size_of(r.dtype)); }

// body(b, t, n) for runs of n tokens, t in [0, count), of every sample.
template <class Body>
void for_token_runs(int64_t batch, int64_t count, const Body& body) {
  parallel_ranges(batch * count, kTokenGrain, [&](int64_t begin, int64_t end, int) {
    for_segments(begin, end, count, [&](int64_t i, int64_t n) { body(i / count, i % count, n); });
  });
}

// Mean of `count` rows of d elements, a block of columns after the other.
void mean_rows(Row x, int64_t count, int64_t d, Row y) {
  std::array<float, kBlock> space;
  const Row sum{space.data(), DType::f32};
  for_segments(0, d, kBlock, [&](int64_t j, int64_t n) {
    zero_row(sum, n);
    for (int64_t t = 0; t < count; ++t) HWY_DYNAMIC_DISPATCH(accumulate_row)(x + (t * d + j), sum, n);
    scale_row(sum, 1.0f / static_cast<float>(count), y + j, n);
  });
}

// body(pixel, element): the first of the p pixels of each row of each patch, as offsets into the image and
// the patches.
template <class Body>
void for_patch_rows(const Shape& image, int64_t p, const Body& body) {
  const int64_t channels = image[1], height = image[2], width = image[3];
  const int64_t down = height / p, across = width / p;
  parallel_ranges(image[0] * down, kPatchRowGrain, [&](int64_t begin, int64_t end, int) {
    for (int64_t r = begin; r < end; ++r) {
      for (int64_t cy = 0; cy < channels * p; ++cy) {
        const int64_t line = (r / down * channels + cy / p) * height + r % down * p + cy % p;
        for (int64_t i = 0; i < across; ++i) {
          body(line * width + i * p, ((r * across + i) * channels * p + cy) * p);
        }
      }
    }
  });
}

}  // namespace

void copy_tokens(const Tensor& src, int64_t src_begin, const Tensor& dst, int64_t dst_begin, int64_t count) {
  const int64_t batch = dst.shape[0], d = dst.shape[2];
  assert(src.shape[2] == d && (src.shape[0] == batch || src.shape[0] == 1));
  assert(src_begin + count <= src.shape[1] && dst_begin + count <= dst.shape[1]);
  for_token_runs(batch, count, [&](int64_t b, int64_t t, int64_t n) {
    const int64_t sample = src.shape[0] == 1 ? 0 : b;
    scale_row(token(src, sample, src_begin + t), 1, token(dst, b, dst_begin + t), n * d);
  });
}

void zero_tokens(const Tensor& dst, int64_t begin, int64_t count) {
  assert(begin + count <= dst.shape[1]);
  for_token_runs(dst.shape[0], count, [&](int64_t b, int64_t t, int64_t n) {
    zero_row(token(dst, b, begin + t), n * dst.shape[2]);
  });
}

void mean_tokens(const Tensor& x, int64_t begin, int64_t count, const Tensor& y) {
  const int64_t d = x.shape[2];
  assert(begin + count <= x.shape[1] && y.size() == x.shape[0] * d);
  parallel_ranges(x.shape[0], 1, [&](int64_t first, int64_t last, int) {
    for (int64_t b = first; b < last; ++b) mean_rows(token(x, b, begin), count, d, row(y) + b * d);
  });
}

void mean_tokens_grad(const Tensor& dy, int64_t begin, int64_t count, const Tensor& dx) {
  const int64_t d = dx.shape[2];
  assert(begin + count <= dx.shape[1] && dy.size() == dx.shape[0] * d);
  for_token_runs(dx.shape[0], dx.shape[1], [&](int64_t b, int64_t first, int64_t n) {
    for (int64_t t = first; t < first + n; ++t) {
      const bool inside = t >= begin && t < begin + count;
      if (inside) scale_row(row(dy) + b * d, 1.0f / static_cast<float>(count), token(dx, b, t), d);
      if (!inside) zero_row(token(dx, b, t), d);
    }
  });
}

void patchify(const Tensor& image, int64_t patch, const Tensor& patches) {
  for_patch_rows(image.shape, patch, [&](int64_t pixel, int64_t element) {
    scale_row(row(image) + pixel, 1, row(patches) + element, patch);
  });
}

void patchify_grad(const Tensor& dpatches, int64_t patch, const Tensor& dimage) {
  const bool covered = dimage.shape[2] % patch == 0 && dimage.shape[3] % patch == 0;
  if (!covered) zero_row(row(dimage), dimage.size());
  for_patch_rows(dimage.shape, patch, [&](int64_t pixel, int64_t element) {
    scale_row(row(dpatches) + element, 1, row(dimage) + pixel, patch);
  });
}

}  // namespace ax::kernels
#endif
