#include "adapterx/kernels/norms/column_moments.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "adapterx/base/parallel.h"
#include "adapterx/kernels/scratch_layout.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "adapterx/kernels/norms/column_moments.cc"
#include <hwy/foreach_target.h>

#include "adapterx/kernels/row_io-inl.h"

HWY_BEFORE_NAMESPACE();
namespace ax::kernels::HWY_NAMESPACE {
namespace {

// shift[j] = mean of the first `rows` rows.
void mean_of_rows(Row x, int64_t rows, int64_t columns, Row shift) {
  const V factor = set(1.0f / static_cast<float>(rows));
  for_vectors(columns, [&](int64_t j, auto n) HWY_ATTR {
    V sum = zero();
    for (int64_t r = 0; r < rows; ++r) sum = hn::Add(sum, load(x, r * columns + j, n));
    store(hn::Mul(sum, factor), shift, j, n);
  });
}

// Adds kRows rows' deviations from `shift`, and their squares.
template <int kRows>
void add_rows(Row x, int64_t columns, Row shift, Row sum, Row squares) {
  for_vectors(columns, [&](int64_t j, auto n) HWY_ATTR {
    const V from = load(shift, j, n);
    V s = zero(), q = zero();
    for (int64_t r = 0; r < kRows; ++r) {
      prefetch(x, (r + kRows) * columns + j);
      const V v = hn::Sub(load(x, r * columns + j, n), from);
      s = hn::Add(s, v);
      q = hn::MulAdd(v, v, q);
    }
    store(hn::Add(load(sum, j, n), s), sum, j, n);
    store(hn::Add(load(squares, j, n), q), squares, j, n);
  });
}

void add_run(Row x, int64_t rows, int64_t columns, Row shift, Row sum, Row squares) {
  constexpr int kBlock = 8;
  int64_t r = 0;
  for (; r + kBlock <= rows; r += kBlock) add_rows<kBlock>(x + r * columns, columns, shift, sum, squares);
  for (; r < rows; ++r) add_rows<1>(x + r * columns, columns, shift, sum, squares);
}

}  // namespace
}  // namespace ax::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ax::kernels {
namespace {

HWY_EXPORT(mean_of_rows);
HWY_EXPORT(add_run);

constexpr int64_t kRun = 256, kLead = 16;  // rows
constexpr int64_t kRowGrain = 8;

// What one thread has summed, or all.
struct Part {
  double *rows, *mean, *squares;
  float *shift, *run_sum, *run_squares;
};

size_t part_bytes(int64_t columns) {
  ScratchLayout layout;
  layout.add(static_cast<size_t>(1 + 2 * columns) * sizeof(double) +
             static_cast<size_t>(3 * columns) * sizeof(float));
  return layout.size();
}

Part part_of(void* scratch, int thread, int64_t columns) {
  auto* rows = static_cast<double*>(at(scratch, static_cast<size_t>(thread) * part_bytes(columns)));
  double *mean = rows + 1, *squares = mean + columns;
  auto* shift = reinterpret_cast<float*>(squares + columns);
  return {rows, mean, squares, shift, shift + columns, shift + 2 * columns};
}

// Joins moments of n2 rows to those of n1.
void join(double& mean, double& squares, double n1, double mean2, double squares2, double n2) {
  const double delta = mean2 - mean, share = n2 / (n1 + n2);
  mean += delta * share;
  squares += squares2 + delta * delta * n1 * share;
}

void add_run_to(const Part& p, Row x, int64_t rows, int64_t columns) {
  const Row shift{p.shift, DType::f32}, sum{p.run_sum, DType::f32}, squares{p.run_squares, DType::f32};
  std::memset(p.run_sum, 0, 2 * static_cast<size_t>(columns) * sizeof(float));
  HWY_DYNAMIC_DISPATCH(mean_of_rows)(x, std::min(rows, kLead), columns, shift);
  HWY_DYNAMIC_DISPATCH(add_run)(x, rows, columns, shift, sum, squares);
  const auto n = static_cast<double>(rows);
  for (int64_t j = 0; j < columns; ++j) {
    const double offset = static_cast<double>(p.run_sum[j]) / n;
    const double squares_j = static_cast<double>(p.run_squares[j]) - offset * offset * n;
    join(p.mean[j], p.squares[j], *p.rows, static_cast<double>(p.shift[j]) + offset,
         squares_j < 0 ? 0 : squares_j, n);
  }
  *p.rows += n;
}

// Joins what another thread summed.
void add_part(const Part& to, const Part& from, int64_t columns) {
  if (*from.rows == 0) return;
  for (int64_t j = 0; j < columns; ++j) {
    join(to.mean[j], to.squares[j], *to.rows, from.mean[j], from.squares[j], *from.rows);
  }
  *to.rows += *from.rows;
}

}  // namespace

size_t column_moments_scratch(int64_t columns) {
  return static_cast<size_t>(thread_count()) * part_bytes(columns);
}

ColumnMoments column_moments(const Tensor& x, int64_t columns, void* scratch) {
  assert(x.size() % columns == 0);
  std::memset(scratch, 0, column_moments_scratch(columns));
  parallel_ranges(x.size() / columns, kRowGrain, [&](int64_t begin, int64_t end, int thread) {
    const Part part = part_of(scratch, thread, columns);
    for_segments(begin, end, kRun,
                 [&](int64_t r, int64_t rows) { add_run_to(part, row(x) + r * columns, rows, columns); });
  });
  const Part all = part_of(scratch, 0, columns);
  for (int t = 1; t < thread_count(); ++t) add_part(all, part_of(scratch, t, columns), columns);
  return {all.mean, all.squares};
}

}  // namespace ax::kernels
#endif
