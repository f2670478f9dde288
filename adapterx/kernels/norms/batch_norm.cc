#include "adapterx/kernels/norms/batch_norm.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "adapterx/base/parallel.h"
#include "adapterx/kernels/norms/column_moments.h"
#include "adapterx/kernels/scratch_layout.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "adapterx/kernels/norms/batch_norm.cc"
#include <hwy/foreach_target.h>

#include "adapterx/kernels/row_io-inl.h"

HWY_BEFORE_NAMESPACE();
namespace ax::kernels::HWY_NAMESPACE {
namespace {

// y = (x - mean) * slope + bias, of `rows` rows.
void apply_rows(Row x, Row mean, Row slope, Row bias, bool relu, Row y, int64_t rows, int64_t columns) {
  for (int64_t r = 0; r < rows; ++r) {
    const Row from = x + r * columns, to = y + r * columns;
    for_vectors(columns, [&](int64_t j, auto n) HWY_ATTR {
      const V centred = hn::Sub(load(from, j, n), load(mean, j, n));
      V v = hn::MulAdd(centred, load(slope, j, n), load(bias, j, n));
      if (relu) v = hn::IfThenElse(hn::Lt(v, zero()), zero(), v);  // NaN stays
      store(v, to, j, n);
    });
  }
}

}  // namespace
}  // namespace ax::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ax::kernels {
namespace {

HWY_EXPORT(apply_rows);
constexpr int64_t kRowGrain = 8;

// Moves running statistics towards those of a batch of `rows` rows.
void move(const BatchNorm& a, const ColumnMoments& moments, int64_t rows) {
  const auto step = static_cast<double>(a.momentum), unbiased = static_cast<double>(rows - 1);
  const auto moved = [&](float from, double to) {
    return static_cast<float>((1 - step) * static_cast<double>(from) + step * to);
  };
  for (int64_t j = 0; j < a.weight.size(); ++j) {
    a.running_mean.f32()[j] = moved(a.running_mean.f32()[j], moments.mean[j]);
    a.running_var.f32()[j] = moved(a.running_var.f32()[j], moments.squares[j] / unbiased);
  }
}

}  // namespace

size_t batch_norm_scratch(int64_t columns) {
  ScratchLayout layout;
  layout.add(column_moments_scratch(columns));
  layout.add(3 * static_cast<size_t>(columns) * sizeof(float));
  return layout.size();
}

void batch_norm(const BatchNorm& a) {
  const int64_t columns = a.weight.size(), rows = a.x.size() / columns;
  assert(a.x.size() % columns == 0 && (!a.batch_statistics || rows > 1));
  ScratchLayout layout;
  layout.add(column_moments_scratch(columns));
  auto* mean = static_cast<float*>(at(a.scratch, layout.size()));
  float *rstd = mean + columns, *slope = rstd + columns;
  if (a.batch_statistics) {
    const ColumnMoments moments = column_moments(a.x, columns, a.scratch);
    for (int64_t j = 0; j < columns; ++j) {
      const double variance = moments.squares[j] / static_cast<double>(rows);
      mean[j] = static_cast<float>(moments.mean[j]);
      rstd[j] = static_cast<float>(1 / std::sqrt(variance + static_cast<double>(a.eps)));
    }
    if (a.moves) move(a, moments, rows);
  } else {
    for (int64_t j = 0; j < columns; ++j) {
      mean[j] = a.running_mean.f32()[j];
      rstd[j] = 1 / std::sqrt(a.running_var.f32()[j] + a.eps);
    }
  }
  for (int64_t j = 0; j < columns; ++j) slope[j] = rstd[j] * a.weight.f32()[j];
  if (a.mean) std::copy_n(mean, columns, a.mean.f32());
  if (a.rstd) std::copy_n(rstd, columns, a.rstd.f32());
  if (!a.y) return;
  parallel_ranges(rows, kRowGrain, [&](int64_t begin, int64_t end, int) {
    HWY_DYNAMIC_DISPATCH(apply_rows)
    (row(a.x) + begin * columns, {mean, DType::f32}, {slope, DType::f32}, row(a.bias), a.relu,
     row(a.y) + begin * columns, end - begin, columns);
  });
}

}  // namespace ax::kernels
#endif
