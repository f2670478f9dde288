#include "adapterx/kernels/experts/expert_tiles.h"

#include <algorithm>

#include "adapterx/kernels/elementwise/dropout.h"
#include "adapterx/kernels/norms/layer_norm.h"

namespace ax::kernels {
namespace {

constexpr int64_t kMaxRows = 64;
constexpr int64_t kMaxHidden = 4096;

Tensor of_expert(const Tensor& parameters, int64_t expert, int64_t width) {
  return {parameters.f32() + expert * width, DType::f32, {width}};
}

}  // namespace

ExpertDims::ExpertDims(const Experts& a)
    : batch(a.u.shape[0]),
      tokens(a.u.shape[1]),
      heads(a.heads),
      sub_width(a.u.shape[2] / a.heads),
      rank(a.down.shape[1]),
      top_k(a.choice.shape.dim(-1)),
      norm(a.norm_weight),
      joined(top_k == a.down.shape[0] && !norm && !a.scale_weight),
      groups(joined ? 1 : a.down.shape[0]),
      slots(joined ? 1 : top_k),
      units(joined ? a.down.shape[0] * rank : rank),
      down_rows(units + (a.scale_weight ? 1 : 0)),
      computed(batch * a.token_count * heads),
      rows_per_tile(std::clamp<int64_t>(kMaxHidden / padded(down_rows) / 2 * 2, 2, kMaxRows)),
      dtype(a.u.dtype) {}

ExpertOrder::ExpertOrder(ScratchCutter& cut, const ExpertDims& dims)
    : groups_(dims.groups),
      rows_per_tile_(dims.rows_per_tile),
      order_(cut.take<int32_t>(dims.computed)),
      first_(cut.take<int32_t>(dims.groups + 1)),
      tiles_(cut.take<int32_t>(dims.groups + 1)) {}

void ExpertOrder::sort(const Experts& a, const ExpertDims& dims, int64_t slot) {
  slot_ = slot;
  const int64_t run = a.token_count * dims.heads;  // of consecutive sub-tokens in a sample
  const auto for_each = [&](auto body) {
    for (int64_t b = 0; b < dims.batch; ++b) {
      const int64_t begin = (b * dims.tokens + a.token_begin) * dims.heads;
      for (int64_t m = begin; m < begin + run; ++m) {
        body(m, dims.joined ? 0 : a.choice.i32()[m * dims.top_k + slot]);
      }
    }
  };
  std::fill_n(first_, groups_ + 1, 0);
  for_each([&](int64_t, int32_t expert) { ++first_[expert + 1]; });
  tiles_[0] = 0;
  for (int64_t i = 0; i < groups_; ++i) {
    tiles_[i + 1] = tiles_[i] + static_cast<int32_t>((first_[i + 1] + rows_per_tile_ - 1) / rows_per_tile_);
    first_[i + 1] += first_[i];
  }
  for_each([&](int64_t m, int32_t expert) { order_[first_[expert]++] = static_cast<int32_t>(m); });
  std::copy_backward(first_, first_ + groups_,
                     first_ + groups_ + 1);  // each had moved to the next one's
  first_[0] = 0;
}

ExpertTile ExpertOrder::tile(int64_t index) const {
  const auto* after = std::upper_bound(tiles_, tiles_ + groups_ + 1, static_cast<int32_t>(index));
  const int64_t expert = after - tiles_ - 1;
  const int64_t begin = first_[expert] + (index - tiles_[expert]) * rows_per_tile_;
  return {expert, slot_, order_ + begin, std::min<int64_t>(rows_per_tile_, first_[expert + 1] - begin)};
}

void TileRows::set(int64_t r, Row from, float factor) const {
  uint32_t* to = data + r * units();
  to[units() - 1] = 0;
  scale_row(from, factor, {to, dtype}, width);
}

PackedExperts::PackedExperts(ScratchCutter& cut, const ExpertDims& dims, int64_t rows, int64_t columns,
                             Over over)
    : groups_(dims.groups),
      rows_(rows),
      columns_(columns),
      size_(over == Over::columns ? units_of(dims.dtype, columns) * padded(rows)
                                  : units_of(dims.dtype, rows) * padded(columns)),
      over_(over),
      data_(cut.take<uint32_t>(dims.groups * size_)),
      row_(cut.take<float>(columns)) {}

void PackedExperts::pack_down(const Tensor& down, const Tensor& last, const TileRows& rounded) const {
  const int64_t units = rows_ - (last ? 1 : 0);
  for (int64_t i = 0; i < groups_; ++i) {
    for (int64_t j = 0; j < units; ++j) rounded.set(j, row(down) + (i * units + j) * columns_);
    if (last) rounded.set(units, row(last) + i * columns_);
    pack(i, rounded);
  }
}

void PackedExperts::pack_up(const Tensor& up, const TileRows& rounded) const {
  const int64_t rank = up.shape[2], joined = columns_ / rank;
  for (int64_t i = 0; i < groups_; ++i) {
    for (int64_t c = 0; c < rows_; ++c) {
      for (int64_t k = 0; k < joined; ++k) {
        std::copy_n(up.f32() + ((i * joined + k) * rows_ + c) * rank, rank, row_ + k * rank);
      }
      rounded.set(c, {row_, DType::f32});
    }
    pack(i, rounded);
  }
}

void PackedExperts::pack(int64_t group, const TileRows& rounded) const {
  uint32_t* to = data_ + group * size_;
  if (over_ == Over::columns) {
    pack_transposed({rounded.data, rounded.units()}, rows_, rounded.units(), to, padded(rows_));
  } else {
    pack_rows(rounded.rows(rows_), to);
  }
}

TileNorm::TileNorm(ScratchCutter& cut, const ExpertDims& dims, bool gradient) {
  if (!dims.norm) return;
  y = cut.take<float>(dims.rows_per_tile * dims.sub_width);
  if (!gradient) return;
  xhat = cut.take<float>(dims.rows_per_tile * dims.sub_width);
  rstd = cut.take<float>(dims.rows_per_tile);
}

Row sub_token(const Tensor& x, const ExpertDims& dims, int64_t begin, int64_t m) {
  const int64_t head = m % dims.heads, token = m / dims.heads;
  const int64_t b = token / dims.tokens, t = token % dims.tokens;
  return row(x) + ((b * x.shape[1] + t - begin) * dims.heads + head) * dims.sub_width;
}

void expert_inputs(const Experts& a, const ExpertDims& dims, const ExpertTile& tile, const TileNorm& norm,
                   const TileRows& z) {
  const int64_t d_h = dims.sub_width;
  if (!dims.norm) {
    for (int64_t r = 0; r < tile.count; ++r) z.set(r, sub_token(a.u, dims, 0, tile.rows[r]));
    return;
  }
  for (int64_t r = 0; r < tile.count; ++r) {
    scale_row(sub_token(a.u, dims, 0, tile.rows[r]), 1, {norm.y + r * d_h, DType::f32}, d_h);
  }
  LayerNorm n;
  n.x = n.y = {norm.y, DType::f32, {tile.count, d_h}};
  n.weight = of_expert(a.norm_weight, tile.expert, d_h);
  n.bias = of_expert(a.norm_bias, tile.expert, d_h);
  n.eps = a.norm_eps;
  n.xhat = {norm.xhat, DType::f32, n.x.shape};
  n.rstd = {norm.rstd, DType::f32, {tile.count}};
  layer_norm(n);
  for (int64_t r = 0; r < tile.count; ++r) z.set(r, {norm.y + r * d_h, DType::f32});
}

void drop_hidden(const Experts& a, const ExpertDims& dims, const ExpertTile& tile, float* h) {
  if (a.dropout == 0) return;
  for (int64_t r = 0; r < tile.count; ++r) {
    for_each_gate(a, dims, tile, r, [&](const ExpertGate& g) {
      const Tensor units{h + r * padded(dims.down_rows) + g.first_unit, DType::f32, {dims.rank}};
      const int64_t draw = (tile.rows[r] * dims.top_k + g.slot) * dims.rank;
      dropout(a.rng, a.dropout, units, units, static_cast<uint64_t>(draw));
    });
  }
}

void hidden_units(const Experts& a, const ExpertDims& dims, const ExpertTile& tile, float* before, float* h) {
  const Shape units{tile.count * padded(dims.down_rows)};
  activate(a.act, {before, DType::f32, units}, {h, DType::f32, units});
  drop_hidden(a, dims, tile, h);
}

float token_scale(const Experts& a, const ExpertDims& dims, const ExpertTile& tile, const float* before) {
  if (!a.scale_weight) return 1;
  return std::max(0.0f, before[dims.rank] + a.scale_bias.f32()[tile.expert]);
}

void scale_hidden(const Experts& a, const ExpertDims& dims, const ExpertTile& tile, const float* before,
                  float* x) {
  for (int64_t r = 0; r < tile.count; ++r) {
    const int64_t at = r * padded(dims.down_rows);
    const float scale = a.factor() * token_scale(a, dims, tile, before + at);
    for_each_gate(a, dims, tile, r, [&](const ExpertGate& g) {
      const Row units{x + at + g.first_unit, DType::f32};
      scale_row(units, scale * g.gate, units, dims.rank);
    });
  }
}

void write_or_add(float* from, bool add, Row to, int64_t n) {
  for (int64_t i = 0; add && i < n; ++i) {
    from[i] += to.dtype == DType::f32 ? static_cast<const float*>(to.data)[i]
                                      : to_float(static_cast<const BF16*>(to.data)[i]);
  }
  scale_row({from, DType::f32}, 1, to, n);
}

}  // namespace ax::kernels
