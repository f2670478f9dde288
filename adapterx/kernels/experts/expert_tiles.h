// What experts and experts_grad share: sub-tokens sorted by expert and cut into tiles, and the operands of a
// tile's products. Internal to them.
#pragma once

#include "adapterx/base/parallel.h"
#include "adapterx/kernels/attention/attention_pack.h"
#include "adapterx/kernels/experts/experts.h"
#include "adapterx/kernels/row.h"

namespace ax::kernels {

struct ExpertDims {
  int64_t batch, tokens, heads, sub_width, experts, rank, top_k;
  int64_t down_rows;      // of the first product: rank, and one more where experts scale their tokens
  bool norm;              // experts have a norm
  int64_t computed;       // sub-tokens computed
  int64_t rows_per_tile;  // even
  DType dtype;

  explicit ExpertDims(const Experts& a);
};

struct ExpertTile {
  int64_t expert = 0, slot = 0;
  const int32_t* rows = nullptr;  // sub-tokens, numbered in the whole of [B, T, H]
  int64_t count = 0;
};

// The sub-tokens computed, sorted by their expert in one slot.
class ExpertOrder {
 public:
  ExpertOrder(ScratchCutter& cut, const ExpertDims& dims);
  void sort(const Experts& a, const ExpertDims& dims, int64_t slot);
  int64_t tiles() const { return tiles_[experts_]; }
  ExpertTile tile(int64_t index) const;

 private:
  int64_t experts_, rows_per_tile_, slot_ = 0;
  int32_t* order_;  // [computed]
  int32_t* first_;  // [N + 1]: where expert i's part of the order begins
  int32_t* tiles_;  // [N + 1]: tiles before expert i's
};

// Rows as left operand of a product over their width: [rows][units(width)], odd widths padded with zero.
struct TileRows {
  DType dtype;
  int64_t width;
  uint32_t* data;

  TileRows(ScratchCutter& cut, DType type, int64_t rows, int64_t columns)
      : dtype(type), width(columns), data(cut.take<uint32_t>(rows * units_of(type, columns))) {}
  int64_t units() const { return units_of(dtype, width); }
  // Writes row r: factor * from, rounded.
  void set(int64_t r, Row from, float factor = 1) const;
  HeadRows rows(int64_t count) const {
    const auto elements = static_cast<int64_t>(sizeof(uint32_t) / size_of(dtype));
    return {reinterpret_cast<std::byte*>(data), dtype, count, width, units() * elements};
  }
};

// A weight [rows, columns] of each expert as right operand: of a product over its columns (y = x w^T), or
// over its rows (y = x w).
class PackedExperts {
 public:
  enum class Over : uint8_t { columns, rows };
  PackedExperts(ScratchCutter& cut, const ExpertDims& dims, int64_t rows, int64_t columns, Over over);
  // `last` [N, columns], where present, is each expert's last row, `weights` the rows before it.
  void pack(const Tensor& weights, const TileRows& rounded, const Tensor& last = {}) const;
  const uint32_t* of(int64_t expert) const { return data_ + expert * size_; }
  int64_t unit_stride() const { return over_ == Over::columns ? padded(rows_) : padded(columns_); }

 private:
  int64_t rows_, columns_, size_;
  Over over_;
  uint32_t* data_;
};

// The norm of a tile: y and xhat [rows][d_h], rstd [rows]. Without a norm, and of xhat and rstd where the
// gradient isn't asked for, no memory.
struct TileNorm {
  float *y = nullptr, *xhat = nullptr, *rstd = nullptr;

  TileNorm(ScratchCutter& cut, const ExpertDims& dims, bool gradient);
};

// A memory of its own for each thread: a Workspace(ScratchCutter&, const ExpertDims&).
template <class Workspace>
class PerThread {
 public:
  PerThread(ScratchCutter& cut, const ExpertDims& dims) : dims_(dims), count_(thread_count()) {
    ScratchCutter one(nullptr);
    Workspace(one, dims);
    bytes_ = one.used();
    first_ = cut.take<std::byte>(static_cast<int64_t>(bytes_) * count_);
  }
  int count() const { return count_; }
  Workspace of(int thread) const {
    ScratchCutter one(first_ + bytes_ * static_cast<size_t>(thread));
    return {one, dims_};
  }

 private:
  ExpertDims dims_;
  int count_;
  size_t bytes_ = 0;
  std::byte* first_ = nullptr;
};

// Where sub-token m of the whole [B, T, H] lies in a tensor [B, count, d] of tokens [begin, begin + count).
Row sub_token(const Tensor& x, const ExpertDims& dims, int64_t begin, int64_t m);

// The tile's inputs as rows of z, normalised where experts have a norm.
void expert_inputs(const Experts& a, const ExpertDims& dims, const ExpertTile& tile, const TileNorm& norm,
                   const TileRows& z);

// Hidden units of a tile, rows [count][padded(down_rows)], from the first product's: h = act(before), with
// the drawn units dropped. Columns from r on mean nothing.
void hidden_units(const Experts& a, const ExpertDims& dims, const ExpertTile& tile, float* before, float* h);
// Drops of x [count][padded(down_rows)] what hidden_units drops: the gradient of that.
void drop_hidden(const Experts& a, const ExpertDims& dims, const ExpertTile& tile, float* x);

// What an expert's output of the tile's sub-token r is multiplied by besides Experts::scale. `before`: row r
// of the first product.
float gate_of(const Experts& a, const ExpertTile& tile, int64_t r);
float token_scale(const Experts& a, const ExpertDims& dims, const ExpertTile& tile, const float* before);

// to = factor * from, or to += factor * from, rounded to to's type. `from` is used up.
void write_or_add(float* from, float factor, bool add, Row to, int64_t n);

}  // namespace ax::kernels
