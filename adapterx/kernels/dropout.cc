#include "adapterx/kernels/dropout.h"

#include <array>
#include <cassert>

#include "adapterx/base/parallel.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "adapterx/kernels/dropout.cc"
#include <hwy/foreach_target.h>

#include "adapterx/kernels/row_io-inl.h"

HWY_BEFORE_NAMESPACE();
namespace ax::kernels::HWY_NAMESPACE {
namespace {

// y = scale * x where draw >= rate, else 0.
void keep_row(Row x, const float* draws, float rate, float scale, Row y, int64_t count) {
  const Row u{const_cast<float*>(draws), DType::f32};
  for_vectors(count, [=](int64_t i, auto n) HWY_ATTR {
    const auto kept = hn::Ge(load(u, i, n), set(rate));
    store(hn::IfThenElseZero(kept, hn::Mul(load(x, i, n), set(scale))), y, i, n);
  });
}

}  // namespace
}  // namespace ax::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ax::kernels {
namespace {

HWY_EXPORT(keep_row);

constexpr int64_t kBlock = 512;  // draws held at a time, a multiple of the 4 that Philox makes

void draw(const Rng& rng, int64_t first, std::array<float, kBlock>& out, int64_t n) {
  for (int64_t i = 0; i < n; i += 4) {
    const std::array<uint32_t, 4> bits = rng.block(static_cast<uint64_t>(first + i) / 4);
    for (int64_t j = 0; j < 4; ++j) {
      out[static_cast<size_t>(i + j)] = Rng::unit(bits[static_cast<size_t>(j)]);
    }
  }
}

}  // namespace

void dropout(const Rng& rng, float rate, const Tensor& x, const Tensor& y) {
  assert(x.size() == y.size());
  const float factor = 1.0f / (1.0f - rate);
  parallel_ranges(x.size(), kBlock, [&](int64_t begin, int64_t end, int) {
    std::array<float, kBlock> draws;
    for_segments(begin, end, kBlock, [&](int64_t i, int64_t n) {
      draw(rng, i, draws, n);
      HWY_DYNAMIC_DISPATCH(keep_row)(row(x) + i, draws.data(), rate, factor, row(y) + i, n);
    });
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
