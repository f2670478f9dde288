#include <algorithm>
#include <cassert>
#include <cstring>

#include "adapterx/base/parallel.h"
#include "adapterx/kernels/norms/batch_norm.h"
#include "adapterx/kernels/norms/column_moments.h"
#include "adapterx/kernels/scratch_layout.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "adapterx/kernels/norms/batch_norm_grad.cc"
#include <hwy/foreach_target.h>

#include "adapterx/kernels/row_io-inl.h"

HWY_BEFORE_NAMESPACE();
namespace ax::kernels::HWY_NAMESPACE {
namespace {

// The matrices x (absent: taken for mean) and dy, and what holds for a column of them.
struct Columns {
  Row x, dy, mean, rstd, bias, slope;  // slope = weight * rstd
  bool relu;
  int64_t count;

  Columns(const BatchNormGrad& a, Row slope_of_column)
      : x(row(a.x)),
        dy(row(a.dy)),
        mean(row(a.mean)),
        rstd(row(a.rstd)),
        bias(row(a.bias)),
        slope(slope_of_column),
        relu(a.relu),
        count(a.weight.size()) {}
};

template <class N>
HWY_INLINE V centred_at(const Columns& c, int64_t at, int64_t j, N n) {
  return c.x ? hn::Sub(load(c.x, at + j, n), load(c.mean, j, n)) : zero();
}

// dy where the ReLU, if any, let x pass.
template <class N>
HWY_INLINE V passed(const Columns& c, int64_t at, int64_t j, V centred, N n) {
  const V g = load(c.dy, at + j, n);
  if (!c.relu) return g;
  const V y = hn::MulAdd(centred, load(c.slope, j, n), load(c.bias, j, n));
  return hn::IfThenElse(hn::Le(y, zero()), zero(), g);
}

// sum += g, dot += g * xhat over kRows rows from element `at` on.
template <int kRows>
void add_rows(const Columns& c, int64_t at, Row sum, Row dot) {
  for_vectors(c.count, [&](int64_t j, auto n) HWY_ATTR {
    V s = zero(), p = zero();
    for (int64_t r = at; r < at + kRows * c.count; r += c.count) {
      prefetch(c.x, r + kRows * c.count + j);
      prefetch(c.dy, r + kRows * c.count + j);
      const V centred = centred_at(c, r, j, n);
      const V g = passed(c, r, j, centred, n);
      s = hn::Add(s, g);
      p = hn::MulAdd(g, centred, p);
    }
    store(hn::Add(load(sum, j, n), s), sum, j, n);
    store(hn::MulAdd(p, load(c.rstd, j, n), load(dot, j, n)), dot, j, n);
  });
}

void add_run(const BatchNormGrad& a, Row slope, int64_t first, int64_t rows, Row sum, Row dot) {
  constexpr int kBlock = 8;
  const Columns c(a, slope);
  int64_t at = first * c.count;
  const int64_t end = at + rows * c.count;
  for (; at + kBlock * c.count <= end; at += kBlock * c.count) add_rows<kBlock>(c, at, sum, dot);
  for (; at < end; at += c.count) add_rows<1>(c, at, sum, dot);
}

// dx = slope * g - centred * along - across; without statistics of the batch slope * g.
void input_grad(const BatchNormGrad& a, Row slope, int64_t begin, int64_t end, Row along, Row across) {
  const Columns c(a, slope);
  const Row dx = row(a.dx);
  for (int64_t at = begin * c.count; at < end * c.count; at += c.count) {
    for_vectors(c.count, [&](int64_t j, auto n) HWY_ATTR {
      const V centred = centred_at(c, at, j, n);
      V v = hn::Mul(passed(c, at, j, centred, n), load(c.slope, j, n));
      if (along) v = hn::NegMulAdd(centred, load(along, j, n), hn::Sub(v, load(across, j, n)));
      store(v, dx, at + j, n);
    });
  }
}

}  // namespace
}  // namespace ax::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ax::kernels {
namespace {

HWY_EXPORT(add_run);
HWY_EXPORT(input_grad);

constexpr int64_t kRun = 256;  // rows
constexpr int64_t kRowGrain = 8;

// What one thread has summed of g and of g * xhat, or all.
struct Part {
  double *sum, *dot;
  float *run_sum, *run_dot;

  Part(void* scratch, int64_t thread, int64_t columns)
      : sum(static_cast<double*>(scratch) + thread * 3 * columns),
        dot(sum + columns),
        run_sum(reinterpret_cast<float*>(dot + columns)),
        run_dot(run_sum + columns) {}

  void add(const BatchNormGrad& a, Row slope, int64_t begin, int64_t end) const {
    const int64_t columns = a.weight.size();
    for_segments(begin, end, kRun, [&](int64_t r, int64_t rows) {
      std::memset(run_sum, 0, 2 * static_cast<size_t>(columns) * sizeof(float));
      HWY_DYNAMIC_DISPATCH(add_run)(a, slope, r, rows, {run_sum, DType::f32}, {run_dot, DType::f32});
      for (int64_t j = 0; j < 2 * columns; ++j) sum[j] += static_cast<double>(run_sum[j]);
    });
  }
};

// Sums over all rows, those of the threads in order.
Part sums(const BatchNormGrad& a, Row slope, int64_t rows) {
  const int64_t columns = a.weight.size();
  const Part all(a.scratch, 0, columns);
  std::memset(a.scratch, 0, column_moments_scratch(columns));
  parallel_ranges(rows, kRowGrain, [&](int64_t begin, int64_t end, int thread) {
    Part(a.scratch, thread, columns).add(a, slope, begin, end);
  });
  for (int t = 1; t < thread_count(); ++t) {
    const Part part(a.scratch, t, columns);
    for (int64_t j = 0; j < 2 * columns; ++j) all.sum[j] += part.sum[j];
  }
  return all;
}

void write(const double* from, const Tensor& to) {
  for (int64_t j = 0; j < to.size() && to; ++j) to.f32()[j] = static_cast<float>(from[j]);
}

}  // namespace

void batch_norm_grad(const BatchNormGrad& a) {
  const int64_t columns = a.weight.size(), rows = a.dy.size() / columns;
  assert(a.dy.size() % columns == 0 && (!a.x || a.x.size() == a.dy.size()));
  ScratchLayout layout;
  layout.add(column_moments_scratch(columns));  // room for the parts
  auto* slope = static_cast<float*>(at(a.scratch, layout.size()));
  for (int64_t j = 0; j < columns; ++j) slope[j] = a.weight.f32()[j] * a.rstd.f32()[j];
  float *along = slope + columns, *across = along + columns;
  if (a.dweight || a.dbias || a.batch_statistics) {
    const Part all = sums(a, {slope, DType::f32}, rows);
    write(all.sum, a.dbias);
    write(all.dot, a.dweight);
    for (int64_t j = 0; j < columns; ++j) {
      const double share = static_cast<double>(slope[j]) / static_cast<double>(rows);
      along[j] = static_cast<float>(share * static_cast<double>(a.rstd.f32()[j]) * all.dot[j]);
      across[j] = static_cast<float>(share * all.sum[j]);
    }
  }
  if (!a.dx) return;
  const Row centred_part = a.batch_statistics ? Row{along, DType::f32} : Row();
  parallel_ranges(rows, kRowGrain, [&](int64_t begin, int64_t end, int) {
    HWY_DYNAMIC_DISPATCH(input_grad)
    (a, {slope, DType::f32}, begin, end, centred_part, {across, DType::f32});
  });
}

}  // namespace ax::kernels
#endif
