#include <cassert>
#include <cstring>

#include "adapterx/base/parallel.h"
#include "adapterx/kernels/experts/expert_tiles.h"
#include "adapterx/kernels/experts/experts.h"
#include "adapterx/kernels/norms/layer_norm.h"

namespace ax::kernels {
namespace {

using Over = PackedExperts::Over;

// One thread's sums of the gradients of one group's parameters.
struct ExpertSums {
  int64_t size;
  float* down;  // [down_rows][padded(d_h)]
  float* up_t;  // [units][padded(d_h)]: transposed
  float* norm_weight;
  float* norm_bias;
  float* scale_bias;

  ExpertSums(float* sums, const ExpertDims& d, int64_t expert) : size(size_of(d)) {
    const int64_t stride = padded(d.sub_width);
    down = sums + expert * size;
    up_t = down + d.down_rows * stride;
    norm_weight = up_t + d.units * stride;
    norm_bias = norm_weight + stride;
    scale_bias = norm_bias + stride;
  }
  static int64_t size_of(const ExpertDims& d) {
    return (d.down_rows + d.units + 2) * padded(d.sub_width) + kTileLanes;
  }
};

// One thread's memory.
struct Workspace {
  TileRows z, g, dhidden,
      hidden;  // of the tile: inputs, gradients of outputs; of the first product; factor * hidden units
  TileNorm norm;
  float* before;  // [rows][padded(down_rows)], as are the next two
  float* h;
  float* dh;
  float* dscale;      // [rows]: of each sub-token's scale before its relu
  float* row;         // [padded(d_h)]
  float* dz;          // [rows][padded(d_h)]
  uint32_t* pairs_r;  // a tile's rows as right operand of a product over rows: of width down_rows or units
  uint32_t* pairs_d;  // and d_h
  float* sums;        // [groups][ExpertSums]

  Workspace(ScratchCutter& cut, const ExpertDims& d)
      : z(cut, d.dtype, d.rows_per_tile, d.sub_width),
        g(cut, d.dtype, d.rows_per_tile, d.sub_width),
        dhidden(cut, d.dtype, d.rows_per_tile, d.down_rows),
        hidden(cut, d.dtype, d.rows_per_tile, d.units),
        norm(cut, d, true),
        before(cut.take<float>(d.rows_per_tile * padded(d.down_rows))),
        h(cut.take<float>(d.rows_per_tile * padded(d.down_rows))),
        dh(cut.take<float>(d.rows_per_tile * padded(d.down_rows))),
        dscale(cut.take<float>(d.rows_per_tile)),
        row(cut.take<float>(padded(d.sub_width))),
        dz(cut.take<float>(d.rows_per_tile * padded(d.sub_width))),
        pairs_r(cut.take<uint32_t>(d.rows_per_tile * padded(d.down_rows))),
        pairs_d(cut.take<uint32_t>(d.rows_per_tile * padded(d.sub_width))),
        sums(cut.take<float>(d.groups * ExpertSums::size_of(d))) {}
};

struct Scratch {
  ExpertDims dims;
  ScratchCutter cut;
  ExpertOrder order;
  PackedExperts down_t, down, up;
  TileRows rounded_down, rounded_up;
  PerThread<Workspace> threads;

  Scratch(const Experts& a, void* scratch)
      : dims(a),
        cut(scratch),
        order(cut, dims),
        down_t(cut, dims, dims.down_rows, dims.sub_width, Over::columns),
        down(cut, dims, dims.down_rows, dims.sub_width, Over::rows),
        up(cut, dims, dims.sub_width, dims.units, Over::rows),
        rounded_down(cut, dims.dtype, dims.down_rows, dims.sub_width),
        rounded_up(cut, dims.dtype, dims.sub_width, dims.units),
        threads(cut, dims) {}
};

class ExpertsGradTiles {
 public:
  ExpertsGradTiles(const ExpertsGrad& a, const Scratch& s)
      : a_(a), f_(a.forward), s_(s), d_(s.dims), unit_stride_(padded(d_.down_rows)) {}

  void run(const ExpertTile& tile, const Workspace& w) const {
    const ExpertSums sums(w.sums, d_, tile.expert);
    expert_inputs(f_, d_, tile, w.norm, w.z);
    gather_gradients(tile, w);
    product(tile.count, w.z, s_.down_t, tile.expert, d_.down_rows, w.before, unit_stride_);
    hidden_units(f_, d_, tile, w.before, w.h);
    // g up: per unit of factor
    product(tile.count, w.g, s_.up, tile.expert, d_.units, w.dh, unit_stride_);
    factor_gradients(tile, w, sums);
    hidden_gradient(tile, w);
    if (a_.du || a_.dnorm_weight || a_.dnorm_bias) input_gradient(tile, w, sums);
    if (a_.dup) weight_gradient(tile, w.hidden, w.g, w, sums.up_t);
    if (a_.ddown || a_.dscale_weight) weight_gradient(tile, w.dhidden, w.z, w, sums.down);
  }

 private:
  // c [count][stride], n columns of it = x op(weight of the expert).
  void product(int64_t count, const TileRows& x, const PackedExperts& weight, int64_t expert, int64_t n,
               float* c, int64_t stride) const {
    tile_gemm({d_.dtype, count, n, x.units(), x.data, x.units(), 1, weight.of(expert), weight.unit_stride(),
               c, stride, false, nullptr});
  }

  void gather_gradients(const ExpertTile& tile, const Workspace& w) const {
    const Row sum{w.row, DType::f32};
    for (int64_t r = 0; r < tile.count; ++r) {
      const int64_t m = tile.rows[r];
      if (!a_.dmean) {
        w.g.set(r, sub_token(a_.dout, d_, f_.token_begin, m));
        continue;
      }
      const int64_t sample = m / (d_.tokens * d_.heads), head = m % d_.heads;
      const Row mean = row(a_.dmean) + (sample * d_.heads + head) * d_.sub_width;
      scale_row(mean, 1.0f / static_cast<float>(f_.token_count), sum, d_.sub_width);
      if (a_.dout) {
        const Row g{w.dz, DType::f32};
        scale_row(sub_token(a_.dout, d_, f_.token_begin, m), 1, g, d_.sub_width);
        for (int64_t i = 0; i < d_.sub_width; ++i) w.row[i] += w.dz[i];
      }
      w.g.set(r, sum);
    }
  }

  // Of the gate p and of the token's scale s, with <g, up h> = <g up, h>.
  void factor_gradients(const ExpertTile& tile, const Workspace& w, const ExpertSums& sums) const {
    if (!a_.dgate && !f_.scale_weight) return;
    for (int64_t r = 0; r < tile.count; ++r) {
      const float s = token_scale(f_, d_, tile, w.before + r * unit_stride_);
      for_each_gate(f_, d_, tile, r, [&](const ExpertGate& g) {
        const float *h = w.h + r * unit_stride_ + g.first_unit, *dh = w.dh + r * unit_stride_ + g.first_unit;
        float dot = 0;
        for (int64_t j = 0; j < d_.rank; ++j) dot += h[j] * dh[j];
        if (a_.dgate) a_.dgate.f32()[tile.rows[r] * d_.top_k + g.slot] = f_.factor() * s * dot;
        if (!f_.scale_weight) return;
        w.dscale[r] = s > 0 ? f_.factor() * g.gate * dot : 0;
        *sums.scale_bias += w.dscale[r];
      });
    }
  }

  // Leaves the rounded rows `hidden` = factor * h and `dhidden`, the gradient of the first product.
  void hidden_gradient(const ExpertTile& tile, const Workspace& w) const {
    scale_hidden(f_, d_, tile, w.before, w.h);
    scale_hidden(f_, d_, tile, w.before, w.dh);
    drop_hidden(f_, d_, tile, w.dh);
    const Shape units{tile.count * unit_stride_};
    const Tensor dh{w.dh, DType::f32, units};
    activate_grad(f_.act, {w.before, DType::f32, units}, dh, dh);
    for (int64_t r = 0; r < tile.count; ++r) {
      w.hidden.set(r, {w.h + r * unit_stride_, DType::f32});
      if (f_.scale_weight) w.dh[r * unit_stride_ + d_.units] = w.dscale[r];
      w.dhidden.set(r, {w.dh + r * unit_stride_, DType::f32});
    }
  }

  void input_gradient(const ExpertTile& tile, const Workspace& w, const ExpertSums& sums) const {
    const int64_t d_h = d_.sub_width;
    int64_t stride = padded(d_h);
    product(tile.count, w.dhidden, s_.down, tile.expert, d_h, w.dz, stride);
    if (d_.norm) {
      norm_gradient(tile, w, sums);
      stride = d_h;
    }
    if (!a_.du) return;
    for (int64_t r = 0; r < tile.count; ++r) {
      write_or_add(w.dz + r * stride, tile.slot > 0, sub_token(a_.du, d_, 0, tile.rows[r]), d_h);
    }
  }

  // dz: from [count][padded(d_h)], the gradient of the norm's output, to [count][d_h], that of its input.
  void norm_gradient(const ExpertTile& tile, const Workspace& w, const ExpertSums& sums) const {
    const int64_t d_h = d_.sub_width;
    for (int64_t r = 0; r < tile.count; ++r) {
      float* dy = w.dz + r * d_h;
      std::memmove(dy, w.dz + r * padded(d_h), static_cast<size_t>(d_h) * sizeof(float));
      const float* xhat = w.norm.xhat + r * d_h;
      for (int64_t i = 0; i < d_h; ++i) {
        sums.norm_weight[i] += dy[i] * xhat[i];
        sums.norm_bias[i] += dy[i];
      }
    }
    const Shape rows{tile.count, d_h};
    LayerNormGrad n;
    n.dy = n.dx = {w.dz, DType::f32, rows};
    n.xhat = {w.norm.xhat, DType::f32, rows};
    n.rstd = {w.norm.rstd, DType::f32, {tile.count}};
    n.weight = {f_.norm_weight.f32() + tile.expert * d_h, DType::f32, {d_h}};
    layer_norm_grad(n);
  }

  // sum [x.width][d_h] += x^T y, summed over the rows of the tile: y of width d_h.
  void weight_gradient(const ExpertTile& tile, const TileRows& x, const TileRows& y, const Workspace& w,
                       float* sum) const {
    const int64_t stride = padded(d_.sub_width);
    pack_rows(x.rows(tile.count), w.pairs_r);
    pack_rows(y.rows(tile.count), w.pairs_d);
    tile_gemm({d_.dtype, x.width, d_.sub_width, units_of(d_.dtype, tile.count), w.pairs_r, 1, padded(x.width),
               w.pairs_d, stride, sum, stride, true, nullptr});
  }

  const ExpertsGrad& a_;
  const Experts& f_;
  const Scratch& s_;
  const ExpertDims& d_;
  int64_t unit_stride_;  // of the first product's rows
};

void copy(const float* from, int64_t n, const Tensor& to, int64_t at) {
  if (to) std::memcpy(to.f32() + at, from, static_cast<size_t>(n) * sizeof(float));
}

// Sums the threads' gradients of group i, in the order of the threads, in the first one's memory.
void write_parameter_gradients(const ExpertsGrad& a, const Scratch& s, int64_t i) {
  const ExpertDims& d = s.dims;
  const int64_t stride = padded(d.sub_width), d_h = d.sub_width;
  const ExpertSums sums(s.threads.of(0).sums, d, i);
  for (int t = 1; t < s.threads.count(); ++t) {
    const ExpertSums more(s.threads.of(t).sums, d, i);
    for (int64_t j = 0; j < sums.size; ++j) sums.down[j] += more.down[j];
  }
  for (int64_t u = 0; u < d.units; ++u) {
    copy(sums.down + u * stride, d_h, a.ddown, (i * d.units + u) * d_h);
    if (!a.dup) continue;
    const int64_t expert = (i * d.units + u) / d.rank, j = u % d.rank;
    for (int64_t c = 0; c < d_h; ++c) {
      a.dup.f32()[(expert * d_h + c) * d.rank + j] = sums.up_t[u * stride + c];
    }
  }
  copy(sums.down + d.units * stride, d_h, a.dscale_weight, i * d_h);
  copy(sums.scale_bias, 1, a.dscale_bias, i);
  copy(sums.norm_weight, d_h, a.dnorm_weight, i * d_h);
  copy(sums.norm_bias, d_h, a.dnorm_bias, i * d_h);
}

}  // namespace

size_t experts_grad_scratch(const Experts& a) { return Scratch(a, nullptr).cut.used(); }

void experts_grad(const ExpertsGrad& a) {
  const Experts& f = a.forward;
  assert(a.dout || a.dmean);
  Scratch s(f, f.scratch);
  s.down_t.pack_down(f.down, f.scale_weight, s.rounded_down);
  s.down.pack_down(f.down, f.scale_weight, s.rounded_down);
  s.up.pack_up(f.up, s.rounded_up);
  const int64_t sums = s.dims.groups * ExpertSums::size_of(s.dims);
  for (int t = 0; t < s.threads.count(); ++t) {
    std::memset(s.threads.of(t).sums, 0, static_cast<size_t>(sums) * sizeof(float));
  }
  const bool part = f.token_count < s.dims.tokens;
  if (part && a.du) std::memset(a.du.data, 0, a.du.bytes());
  if (part && a.dgate) std::memset(a.dgate.data, 0, a.dgate.bytes());
  const ExpertsGradTiles tiles(a, s);
  for (int64_t slot = 0; slot < s.dims.slots; ++slot) {
    s.order.sort(f, s.dims, slot);
    parallel_ranges(s.order.tiles(), 1, [&](int64_t begin, int64_t end, int thread) {
      const ThreadCount alone(1);  // for the kernels called
      const Workspace w = s.threads.of(thread);
      for (int64_t i = begin; i < end; ++i) tiles.run(s.order.tile(i), w);
    });
  }
  parallel_ranges(s.dims.groups, 1, [&](int64_t begin, int64_t end, int) {
    for (int64_t i = begin; i < end; ++i) write_parameter_gradients(a, s, i);
  });
}

}  // namespace ax::kernels
