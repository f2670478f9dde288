// Moves one head between the tensors and the layouts that tile_gemm wants. Internal to attention.
#pragma once

#include "adapterx/kernels/matrix/tile_gemm.h"

namespace ax::kernels {

// Rows of one head inside a tensor: [rows][dim], `stride` elements from row to row.
struct HeadRows {
  std::byte* data = nullptr;
  DType dtype = DType::f32;
  int64_t rows = 0, dim = 0, stride = 0;

  std::byte* row(int64_t r) const { return data + static_cast<size_t>(r * stride) * size_of(dtype); }
  void fetch_in(RowsAhead& ahead) const {
    const int64_t bytes = static_cast<int64_t>(size_of(dtype));
    ahead.add(data, rows, stride * bytes, dim * bytes);
  }
  HeadRows slice(int64_t begin, int64_t count) const { return {row(begin), dtype, count, dim, stride}; }
};

// Rows whose elements are whole units (left operand of a product that sums over dim).
struct UnitRows {
  const uint32_t* data = nullptr;
  int64_t stride = 0;  // units
};

// The rows in place where dim fills its units, else copied to `copy` [rows][units_of(dim)], zero padded.
UnitRows unit_rows(const HeadRows& x, uint32_t* copy);
constexpr int64_t unit_rows_copy(DType dtype, int64_t rows, int64_t dim) {  // units that `copy` needs
  return dtype == DType::bf16 && dim % 2 != 0 ? rows * units_of(dtype, dim) : 0;
}

// Units from row to row of a transposed head: whole cache lines, an odd number of them, so that the lines of
// one panel spread over all sets of the cache.
constexpr int64_t transposed_stride(int64_t rows) { return (padded(rows) / kTileLanes | 1) * kTileLanes; }

// to[u][r] = x[r][u], right operand of a product that sums over dim; columns [rows, padded(rows)) are 0.
void pack_transposed(const UnitRows& x, int64_t rows, int64_t units, uint32_t* to, int64_t to_stride);

// The rows as right operand of a product that sums over rows: [units_of(rows)][padded(dim)], zero padded.
void pack_rows(const HeadRows& x, uint32_t* to);

// x[r][:] = factor[r] * from[r][:], rounded to x's type. factor may be null: 1.
void unpack_rows(const float* from, int64_t from_stride, const float* factor, const HeadRows& x);

// Cuts consecutive 64-byte aligned arrays from scratch. Cutting from null only counts.
class ScratchCutter {
 public:
  explicit ScratchCutter(void* scratch) : base_(static_cast<std::byte*>(scratch)) {}
  template <class T>
  T* take(int64_t count) {
    std::byte* at = base_ == nullptr ? nullptr : base_ + used_;
    used_ += (static_cast<size_t>(count) * sizeof(T) + 63) / 64 * 64;
    return reinterpret_cast<T*>(at);
  }
  size_t used() const { return used_; }

 private:
  std::byte* base_;
  size_t used_ = 0;
};

}  // namespace ax::kernels
