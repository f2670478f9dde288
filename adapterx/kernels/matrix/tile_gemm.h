// Small matrix products of one thread, the inner loops of attention:
//
//   c[i][j] (+)= sum over u of a(i, u) * b(u, j)
//
// An element of a and b is a unit of 32 bits: one f32, or a pair of bf16 that are neighbours along the summed
// axis (low half first). The product of two pairs is the sum of both products; sums are f32 (FMA, or
// vdpbf16ps where the processor has it).
#pragma once

#include <array>

#include "adapterx/base/tensor.h"

namespace ax::kernels {

// Rows of memory used soon, which a product fetches into the cache while it multiplies: some before each of
// its tiles. Far apart as the rows are, no processor guesses them.
class RowsAhead {
 public:
  explicit RowsAhead(int64_t rows_per_tile) : rows_per_tile_(rows_per_tile) {}

  void add(const std::byte* rows, int64_t count, int64_t stride_bytes, int64_t bytes) {
    parts_[static_cast<size_t>(added_++)] = {rows, count, stride_bytes, bytes};
  }
  void fetch() {
    for (int64_t n = rows_per_tile_; n > 0 && first_ < added_; --n) {
      Part& part = parts_[static_cast<size_t>(first_)];
      for (int64_t i = 0; i < part.bytes; i += 64) __builtin_prefetch(part.row + i);
      part.row += part.stride;
      if (--part.count <= 0) ++first_;
    }
  }

 private:
  struct Part {
    const std::byte* row;
    int64_t count, stride, bytes;
  };
  std::array<Part, 8> parts_{};
  int64_t rows_per_tile_;
  int added_ = 0, first_ = 0;
};

// Columns come in whole groups of kTileLanes: the rows of b and of c are padded to a multiple of it. Padding
// columns of b are read, those of c written; their values matter to nobody.
inline constexpr int64_t kTileLanes = 16;

constexpr int64_t padded(int64_t n) { return (n + kTileLanes - 1) / kTileLanes * kTileLanes; }

// Units that hold n elements along the summed axis.
constexpr int64_t units_of(DType dtype, int64_t n) { return dtype == DType::bf16 ? (n + 1) / 2 : n; }

struct TileGemm {
  DType dtype = DType::f32;  // f32 or bf16: the kind of unit
  int64_t m = 0, n = 0, units = 0;
  const void* a = nullptr;  // a(i, u) is unit i * a_row + u * a_unit
  int64_t a_row = 0, a_unit = 0;
  const void* b = nullptr;  // b(u, j) is unit u * b_unit + j
  int64_t b_unit = 0;
  float* c = nullptr;  // [m][c_row]
  int64_t c_row = 0;
  bool accumulate = false;     // add to c's old content
  RowsAhead* ahead = nullptr;  // may be null
};
void tile_gemm(const TileGemm& g);

namespace internal {
// For tests: false has bf16 pairs multiplied by two f32 FMAs each on every processor.
void allow_native_bf16(bool allow);
bool native_bf16();  // whether the next product of pairs uses vdpbf16ps
#if defined(__x86_64__)
void tile_gemm_avx512_bf16(const TileGemm& g);
#endif
}  // namespace internal

}  // namespace ax::kernels
