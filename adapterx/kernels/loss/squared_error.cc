#include "adapterx/kernels/loss/squared_error.h"

#include <algorithm>
#include <cassert>

#include "adapterx/base/parallel.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "adapterx/kernels/loss/squared_error.cc"
#include <hwy/foreach_target.h>

#include "adapterx/kernels/row_io-inl.h"

HWY_BEFORE_NAMESPACE();
namespace ax::kernels::HWY_NAMESPACE {
namespace {

float sum_of_squares(Row a, Row b, int64_t count) {
  V sum = zero();
  for_vectors(count, [&](int64_t i, auto n) HWY_ATTR {
    const V d = hn::Sub(load(a, i, n), load(b, i, n));
    sum = hn::MulAdd(d, d, sum);
  });
  return sum_lanes(sum);
}

void scaled_difference(Row a, Row b, float factor, Row y, int64_t count) {
  for_vectors(count, [=](int64_t i, auto n) HWY_ATTR {
    store(hn::Mul(set(factor), hn::Sub(load(a, i, n), load(b, i, n))), y, i, n);
  });
}

}  // namespace
}  // namespace ax::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ax::kernels {
namespace {

HWY_EXPORT(sum_of_squares);
HWY_EXPORT(scaled_difference);

constexpr int64_t kBlock = 1024;
constexpr int64_t kBlockGrain = 16;

int64_t blocks_of(int64_t size) { return (size + kBlock - 1) / kBlock; }

}  // namespace

size_t squared_error_scratch(int64_t size) { return static_cast<size_t>(blocks_of(size)) * sizeof(float); }

void squared_error(const Tensor& predicted, const Tensor& target, const Tensor& loss, void* scratch) {
  const int64_t size = predicted.size(), blocks = blocks_of(size);
  assert(target.size() == size);
  float* sums = static_cast<float*>(scratch);
  parallel_ranges(blocks, kBlockGrain, [&](int64_t begin, int64_t end, int) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t at = i * kBlock, count = std::min(kBlock, size - at);
      sums[i] = HWY_DYNAMIC_DISPATCH(sum_of_squares)(row(predicted) + at, row(target) + at, count);
    }
  });
  double sum = 0;
  for (int64_t i = 0; i < blocks; ++i) sum += static_cast<double>(sums[i]);
  *loss.f32() = static_cast<float>(sum / static_cast<double>(size));
}

void squared_error_grad(const Tensor& predicted, const Tensor& target, const Tensor& dloss,
                        const Tensor& dpredicted) {
  const float factor = 2 * *dloss.f32() / static_cast<float>(predicted.size());
  parallel_ranges(predicted.size(), kBlock, [&](int64_t begin, int64_t end, int) {
    HWY_DYNAMIC_DISPATCH(scaled_difference)
    (row(predicted) + begin, row(target) + begin, factor, row(dpredicted) + begin, end - begin);
  });
}

}  // namespace ax::kernels
#endif
