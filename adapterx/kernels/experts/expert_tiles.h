// What experts and experts_grad share: sub-tokens sorted by expert and cut into tiles, and the operands of a
// tile's products. Internal to them.
//
// Where every sub-token goes through all experts, and these have no norm and no scale of their own, the
// library is joined to one wide expert: a tile's products run over the hidden units of all experts at once,
// and each gate multiplies the hidden units of its own.
#pragma once

#include "adapterx/base/parallel.h"
#include "adapterx/kernels/attention/attention_pack.h"
#include "adapterx/kernels/experts/experts.h"
#include "adapterx/kernels/row.h"

namespace ax::kernels {

struct ExpertDims {
  int64_t batch, tokens, heads, sub_width, rank, top_k;
  bool norm;              // experts have a norm
  bool joined;            // experts of the file comment's second case
  int64_t groups;         // of experts that run as one: each expert alone, or all where joined
  int64_t slots;          // passes over the sub-tokens: top_k, or 1 where experts are joined
  int64_t units;          // hidden units of a product: rank, or of all experts where they are joined
  int64_t down_rows;      // of the first product: units, and one more where experts scale their tokens
  int64_t computed;       // sub-tokens computed
  int64_t rows_per_tile;  // even
  DType dtype;

  explicit ExpertDims(const Experts& a);
};

// `expert` numbers the groups: 0 where experts are joined, as is the slot.
struct ExpertTile {
  int64_t expert = 0, slot = 0;
  const int32_t* rows = nullptr;  // sub-tokens, numbered in the whole of [B, T, H]
  int64_t count = 0;
};

// The sub-tokens computed, sorted by their expert in one slot, or as they lie where experts are joined.
class ExpertOrder {
 public:
  ExpertOrder(ScratchCutter& cut, const ExpertDims& dims);
  void sort(const Experts& a, const ExpertDims& dims, int64_t slot);
  int64_t tiles() const { return tiles_[groups_]; }
  ExpertTile tile(int64_t index) const;

 private:
  int64_t groups_, rows_per_tile_, slot_ = 0;
  int32_t* order_;  // [computed]
  int32_t* first_;  // [groups + 1]: where expert i's part of the order begins
  int32_t* tiles_;  // [groups + 1]: tiles before expert i's
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

// A weight [rows, columns] of each group of experts as right operand: of a product over its columns (y = x
// w^T), or over its rows (y = x w).
class PackedExperts {
 public:
  enum class Over : uint8_t { columns, rows };
  PackedExperts(ScratchCutter& cut, const ExpertDims& dims, int64_t rows, int64_t columns, Over over);
  // down [N, r, d_h]: rows are hidden units. `last` [N, d_h], where present, is each expert's last row.
  void pack_down(const Tensor& down, const Tensor& last, const TileRows& rounded) const;
  // up [N, d_h, r]: columns are hidden units; those of joined experts stand side by side.
  void pack_up(const Tensor& up, const TileRows& rounded) const;
  const uint32_t* of(int64_t expert) const { return data_ + expert * size_; }
  int64_t unit_stride() const { return over_ == Over::columns ? padded(rows_) : padded(columns_); }

 private:
  void pack(int64_t group, const TileRows& rounded) const;

  int64_t groups_, rows_, columns_, size_;
  Over over_;
  uint32_t* data_;
  float* row_;  // [columns]
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
// the drawn units dropped. Columns from `units` on mean nothing.
void hidden_units(const Experts& a, const ExpertDims& dims, const ExpertTile& tile, float* before, float* h);
// Drops of x [count][padded(down_rows)] what hidden_units drops: the gradient of that.
void drop_hidden(const Experts& a, const ExpertDims& dims, const ExpertTile& tile, float* x);

// What the output of one of the experts is multiplied by besides Experts::scale, and its hidden units' place
// in a row of the products.
struct ExpertGate {
  int64_t slot = 0, first_unit = 0;
  float gate = 1;
};

// Calls body(ExpertGate) for each expert that the tile's sub-token r goes through in this pass.
template <class Body>
void for_each_gate(const Experts& a, const ExpertDims& dims, const ExpertTile& tile, int64_t r, Body body) {
  const int64_t m = tile.rows[r];
  const auto gate = [&](int64_t expert) {
    return a.gate ? a.probs.f32()[m * a.probs.shape.dim(-1) + expert] : 1.0f / static_cast<float>(dims.top_k);
  };
  if (!dims.joined) return body(ExpertGate{tile.slot, 0, gate(tile.expert)});
  for (int64_t slot = 0; slot < dims.top_k; ++slot) {
    const int64_t expert = a.choice.i32()[m * dims.top_k + slot];
    body(ExpertGate{slot, expert * dims.rank, gate(expert)});
  }
}

// relu(<scale_weight, y> + scale_bias) of a sub-token, or 1. `before`: its row of the first product.
float token_scale(const Experts& a, const ExpertDims& dims, const ExpertTile& tile, const float* before);

// x [count][padded(down_rows)], hidden units or their gradients, times all that their outputs are scaled by.
void scale_hidden(const Experts& a, const ExpertDims& dims, const ExpertTile& tile, const float* before,
                  float* x);

// to = from, or to += from, rounded to to's type. `from` is used up.
void write_or_add(float* from, bool add, Row to, int64_t n);

}  // namespace ax::kernels
