#include <cassert>
#include <cstring>

#include "adapterx/base/parallel.h"
#include "adapterx/kernels/expert_tiles.h"
#include "adapterx/kernels/experts.h"

namespace ax::kernels {
namespace {

using Over = PackedExperts::Over;

// One thread's memory.
struct Workspace {
  TileRows z, g, dhidden,
      hidden;     // of the tile: inputs, gradients of outputs; of hidden units; factor * hidden
  float* before;  // [rows][padded(r)], as are the next two
  float* h;
  float* dh;
  float* row;         // [padded(d_h)]
  float* dz;          // [rows][padded(d_h)]
  uint32_t* pairs_r;  // a tile's rows as right operand of a product over rows: of width r
  uint32_t* pairs_d;  // and d_h
  float* ddown;       // [N][r][padded(d_h)], this thread's sum
  float* dup_t;       // [N][r][padded(d_h)]: transposed

  Workspace(ScratchCutter& cut, const ExpertDims& d)
      : z(cut, d.dtype, d.rows_per_tile, d.sub_width),
        g(cut, d.dtype, d.rows_per_tile, d.sub_width),
        dhidden(cut, d.dtype, d.rows_per_tile, d.rank),
        hidden(cut, d.dtype, d.rows_per_tile, d.rank),
        before(cut.take<float>(d.rows_per_tile * padded(d.rank))),
        h(cut.take<float>(d.rows_per_tile * padded(d.rank))),
        dh(cut.take<float>(d.rows_per_tile * padded(d.rank))),
        row(cut.take<float>(padded(d.sub_width))),
        dz(cut.take<float>(d.rows_per_tile * padded(d.sub_width))),
        pairs_r(cut.take<uint32_t>(d.rows_per_tile * padded(d.rank))),
        pairs_d(cut.take<uint32_t>(d.rows_per_tile * padded(d.sub_width))),
        ddown(cut.take<float>(weights(d))),
        dup_t(cut.take<float>(weights(d))) {}

  static int64_t weights(const ExpertDims& d) { return d.experts * d.rank * padded(d.sub_width); }
};

struct Scratch {
  ExpertDims dims;
  ScratchCutter cut;
  ExpertOrder order;
  PackedExperts down_t, down, up;
  TileRows rounded_down, rounded_up;
  size_t bytes;
  int threads;

  Scratch(const Experts& a, void* scratch)
      : dims(a),
        cut(scratch),
        order(cut, dims),
        down_t(cut, dims, dims.rank, dims.sub_width, Over::columns),
        down(cut, dims, dims.rank, dims.sub_width, Over::rows),
        up(cut, dims, dims.sub_width, dims.rank, Over::rows),
        rounded_down(cut, dims.dtype, dims.rank, dims.sub_width),
        rounded_up(cut, dims.dtype, dims.sub_width, dims.rank),
        threads(thread_count()) {
    ScratchCutter one(nullptr);
    Workspace(one, dims);
    thread_bytes_ = one.used();
    bytes = cut.used() + thread_bytes_ * static_cast<size_t>(threads);
    if (scratch != nullptr) first_thread_ = static_cast<std::byte*>(scratch) + cut.used();
  }

  Workspace thread(int i) const {
    ScratchCutter one(first_thread_ + thread_bytes_ * static_cast<size_t>(i));
    return {one, dims};
  }

 private:
  std::byte* first_thread_ = nullptr;
  size_t thread_bytes_ = 0;
};

class ExpertsGradTiles {
 public:
  ExpertsGradTiles(const ExpertsGrad& a, const Scratch& s) : a_(a), f_(a.forward), s_(s), d_(s.dims) {}

  void run(const ExpertTile& tile, const Workspace& w) const {
    gather(tile, w);
    product(tile.count, w.z, s_.down_t, tile.expert, d_.rank, w.before);
    hidden_units(f_, tile, w.before, w.h);
    product(tile.count, w.g, s_.up, tile.expert, d_.rank, w.dh);  // g up: per unit of factor
    if (a_.dgate) gate_gradient(tile, w);
    hidden_gradient(tile, w);
    if (a_.du) input_gradient(tile, w);
    if (a_.dup) weight_gradient(tile, w.hidden, w.g, w, w.dup_t);
    if (a_.ddown) weight_gradient(tile, w.dhidden, w.z, w, w.ddown);
  }

 private:
  // c [count][padded(n)] = x op(weight of the expert).
  void product(int64_t count, const TileRows& x, const PackedExperts& weight, int64_t expert, int64_t n,
               float* c) const {
    tile_gemm({d_.dtype, count, n, x.units(), x.data, x.units(), 1, weight.of(expert), weight.unit_stride(),
               c, padded(n), false, nullptr});
  }

  void gather(const ExpertTile& tile, const Workspace& w) const {
    const Row sum{w.row, DType::f32};
    for (int64_t r = 0; r < tile.count; ++r) {
      const int64_t m = tile.rows[r];
      w.z.set(r, sub_token(f_.u, d_, 0, m));
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

  // The gradient of gate p is <g, scale * up h> = scale * <g up, h>.
  void gate_gradient(const ExpertTile& tile, const Workspace& w) const {
    for (int64_t r = 0; r < tile.count; ++r) {
      const float *h = w.h + r * padded(d_.rank), *dh = w.dh + r * padded(d_.rank);
      float dot = 0;
      for (int64_t j = 0; j < d_.rank; ++j) dot += h[j] * dh[j];
      a_.dgate.f32()[tile.rows[r] * d_.top_k + tile.slot] = f_.scale * dot;
    }
  }

  // Leaves the rounded rows `hidden` = factor * h and `dhidden`, the gradient before the activation.
  void hidden_gradient(const ExpertTile& tile, const Workspace& w) const {
    const int64_t stride = padded(d_.rank);
    for (int64_t r = 0; r < tile.count; ++r) {
      const float factor = output_factor(f_, tile, r);
      const Row dh{w.dh + r * stride, DType::f32};
      scale_row(dh, factor, dh, d_.rank);
      w.hidden.set(r, {w.h + r * stride, DType::f32}, factor);
    }
    drop_hidden(f_, tile, w.dh);
    const Shape units{tile.count * stride};
    const Tensor dh{w.dh, DType::f32, units};
    activate_grad(f_.act, {w.before, DType::f32, units}, dh, dh);
    for (int64_t r = 0; r < tile.count; ++r) w.dhidden.set(r, {w.dh + r * stride, DType::f32});
  }

  void input_gradient(const ExpertTile& tile, const Workspace& w) const {
    product(tile.count, w.dhidden, s_.down, tile.expert, d_.sub_width, w.dz);
    for (int64_t r = 0; r < tile.count; ++r) {
      write_or_add(w.dz + r * padded(d_.sub_width), 1, tile.slot > 0, sub_token(a_.du, d_, 0, tile.rows[r]),
                   d_.sub_width);
    }
  }

  // sum [r][d_h] of the expert += x^T y, summed over the rows of the tile: x of width r, y of d_h.
  void weight_gradient(const ExpertTile& tile, const TileRows& x, const TileRows& y, const Workspace& w,
                       float* sum) const {
    const int64_t stride = padded(d_.sub_width);
    pack_rows(x.rows(tile.count), w.pairs_r);
    pack_rows(y.rows(tile.count), w.pairs_d);
    tile_gemm({d_.dtype, d_.rank, d_.sub_width, units_of(d_.dtype, tile.count), w.pairs_r, 1, padded(d_.rank),
               w.pairs_d, stride, sum + tile.expert * d_.rank * stride, stride, true, nullptr});
  }

  const ExpertsGrad& a_;
  const Experts& f_;
  const Scratch& s_;
  const ExpertDims& d_;
};

// Sums the threads' gradients of expert i, in the order of the threads.
void write_weight_gradients(const ExpertsGrad& a, const Scratch& s, int64_t i) {
  const ExpertDims& d = s.dims;
  const int64_t stride = padded(d.sub_width), first = i * d.rank * d.sub_width;
  for (int64_t j = 0; j < d.rank; ++j) {
    for (int64_t c = 0; c < d.sub_width; ++c) {
      float down = 0, up = 0;
      for (int t = 0; t < s.threads; ++t) {
        const Workspace w = s.thread(t);
        down += w.ddown[(i * d.rank + j) * stride + c];
        up += w.dup_t[(i * d.rank + j) * stride + c];
      }
      if (a.ddown) a.ddown.f32()[first + j * d.sub_width + c] = down;
      if (a.dup) a.dup.f32()[first + c * d.rank + j] = up;
    }
  }
}

}  // namespace

size_t experts_grad_scratch(const Experts& a) { return Scratch(a, nullptr).bytes; }

void experts_grad(const ExpertsGrad& a) {
  const Experts& f = a.forward;
  assert(a.dout || a.dmean);
  Scratch s(f, f.scratch);
  s.down_t.pack(f.down, s.rounded_down);
  s.down.pack(f.down, s.rounded_down);
  s.up.pack(f.up, s.rounded_up);
  for (int t = 0; t < s.threads; ++t) {
    const Workspace w = s.thread(t);
    std::memset(w.ddown, 0, static_cast<size_t>(Workspace::weights(s.dims)) * sizeof(float));
    std::memset(w.dup_t, 0, static_cast<size_t>(Workspace::weights(s.dims)) * sizeof(float));
  }
  const bool part = f.token_count < s.dims.tokens;
  if (part && a.du) std::memset(a.du.data, 0, a.du.bytes());
  if (part && a.dgate) std::memset(a.dgate.data, 0, a.dgate.bytes());
  const ExpertsGradTiles tiles(a, s);
  for (int64_t slot = 0; slot < s.dims.top_k; ++slot) {
    s.order.sort(f, s.dims, slot);
    parallel_ranges(s.order.tiles(), 1, [&](int64_t begin, int64_t end, int thread) {
      const Workspace w = s.thread(thread);
      for (int64_t i = begin; i < end; ++i) tiles.run(s.order.tile(i), w);
    });
  }
  parallel_ranges(s.dims.experts, 1, [&](int64_t begin, int64_t end, int) {
    for (int64_t i = begin; i < end; ++i) write_weight_gradients(a, s, i);
  });
}

}  // namespace ax::kernels
