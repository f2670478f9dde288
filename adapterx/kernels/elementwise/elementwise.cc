#include "adapterx/kernels/elementwise/elementwise.h"

#include <array>
#include <cassert>

#include "adapterx/base/parallel.h"
#include "adapterx/kernels/norms/column_reduce.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "adapterx/kernels/elementwise/elementwise.cc"
#include <hwy/foreach_target.h>

#include "adapterx/kernels/row_io-inl.h"

HWY_BEFORE_NAMESPACE();
namespace ax::kernels::HWY_NAMESPACE {
namespace {

void add_row(Row a, Row b, float alpha, Row y, int64_t count) {
  for_vectors(count, [=](int64_t i, auto n)
                         HWY_ATTR { store(hn::MulAdd(set(alpha), load(b, i, n), load(a, i, n)), y, i, n); });
}

void multiply_row(Row a, Row b, float, Row y, int64_t count) {
  for_vectors(count,
              [=](int64_t i, auto n) HWY_ATTR { store(hn::Mul(load(a, i, n), load(b, i, n)), y, i, n); });
}

}  // namespace
}  // namespace ax::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ax::kernels {
namespace {

HWY_EXPORT(add_row);
HWY_EXPORT(multiply_row);

constexpr int64_t kGrain = 4096;

// body(i, j, n): elements [i, i + n) meet b from element j on.
template <class Body>
void broadcast(int64_t size, int64_t period, const Body& body) {
  parallel_ranges(size, kGrain, [&](int64_t begin, int64_t end, int) {
    for_segments(begin, end, period, [&](int64_t i, int64_t n) { body(i, i % period, n); });
  });
}

// b as f32 with a period of many vectors: a short b is repeated in `space`.
class Repeated {
 public:
  explicit Repeated(const Tensor& b) : row_(row(b)), period_(b.size()) {
    if (period_ >= kShort) return;
    const int64_t times = static_cast<int64_t>(space_.size()) / period_;
    const Row out{space_.data(), DType::f32};
    for (int64_t k = 0; k < times; ++k) scale_row(row_, 1, out + k * period_, period_);
    row_ = out;
    period_ *= times;
  }
  Repeated(const Repeated&) = delete;
  Repeated& operator=(const Repeated&) = delete;

  Row at(int64_t j) const { return row_ + j; }
  int64_t period() const { return period_; }

 private:
  static constexpr int64_t kShort = 256;
  std::array<float, 1024> space_;
  Row row_;
  int64_t period_;
};

}  // namespace

void add(const Tensor& a, const Tensor& b, float alpha, const Tensor& y) {
  assert(a.size() == y.size() && (a.size() == 0 || a.size() % b.size() == 0));
  if (a.size() == 0) return;
  const Repeated right(b);
  broadcast(a.size(), right.period(), [&](int64_t i, int64_t j, int64_t n) {
    HWY_DYNAMIC_DISPATCH(add_row)(row(a) + i, right.at(j), alpha, row(y) + i, n);
  });
}

void multiply(const Tensor& a, const Tensor& b, const Tensor& y) {
  assert(a.size() == y.size() && (a.size() == 0 || a.size() % b.size() == 0));
  if (a.size() == 0) return;
  const Repeated right(b);
  broadcast(a.size(), right.period(), [&](int64_t i, int64_t j, int64_t n) {
    HWY_DYNAMIC_DISPATCH(multiply_row)(row(a) + i, right.at(j), 1, row(y) + i, n);
  });
}

void scale(const Tensor& x, float alpha, const Tensor& y) {
  assert(x.size() == y.size());
  parallel_ranges(x.size(), kGrain, [&](int64_t begin, int64_t end, int) {
    scale_row(row(x) + begin, alpha, row(y) + begin, end - begin);
  });
}

void scale_samples(const Tensor& x, const Tensor& factor, const Tensor& y) {
  assert(x.size() == y.size() && x.size() % factor.size() == 0);
  const int64_t sample = x.size() / factor.size();
  broadcast(x.size(), sample, [&](int64_t i, int64_t, int64_t n) {
    scale_row(row(x) + i, factor.f32()[i / sample], row(y) + i, n);
  });
}

void column_sum(const Tensor& x, const Tensor& sum, void* scratch) {
  column_reduce({.x = x, .z = {}, .sum = sum, .dot = {}, .scratch = scratch});
}

void column_dot(const Tensor& x, const Tensor& z, const Tensor& sum, void* scratch) {
  column_reduce({.x = x, .z = z, .sum = {}, .dot = sum, .scratch = scratch});
}

size_t column_sum_scratch(int64_t n) { return column_reduce_scratch(n, 1); }

}  // namespace ax::kernels
#endif
