#include "adapterx/kernels/experts/experts.h"

#include <cassert>

#include "adapterx/base/parallel.h"
#include "adapterx/kernels/experts/expert_tiles.h"

namespace ax::kernels {
namespace {

// One thread's memory.
struct Workspace {
  TileRows z, hidden;
  TileNorm norm;
  float* before;  // [rows][padded(down_rows)]
  float* h;       // [rows][padded(down_rows)]
  float* o;       // [rows][padded(d_h)]

  Workspace(ScratchCutter& cut, const ExpertDims& d)
      : z(cut, d.dtype, d.rows_per_tile, d.sub_width),
        hidden(cut, d.dtype, d.rows_per_tile, d.units),
        norm(cut, d, false),
        before(cut.take<float>(d.rows_per_tile * padded(d.down_rows))),
        h(cut.take<float>(d.rows_per_tile * padded(d.down_rows))),
        o(cut.take<float>(d.rows_per_tile * padded(d.sub_width))) {}
};

struct Scratch {
  ExpertDims dims;
  ScratchCutter cut;
  ExpertOrder order;
  PackedExperts down, up;
  TileRows rounded_down, rounded_up;
  PerThread<Workspace> threads;

  Scratch(const Experts& a, void* scratch)
      : dims(a),
        cut(scratch),
        order(cut, dims),
        down(cut, dims, dims.down_rows, dims.sub_width, PackedExperts::Over::columns),
        up(cut, dims, dims.sub_width, dims.units, PackedExperts::Over::columns),
        rounded_down(cut, dims.dtype, dims.down_rows, dims.sub_width),
        rounded_up(cut, dims.dtype, dims.sub_width, dims.units),
        threads(cut, dims) {}
};

void run_tile(const Experts& a, const Scratch& s, const ExpertTile& tile, const Workspace& w,
              const Tensor& out) {
  const ExpertDims& d = s.dims;
  const int64_t stride = padded(d.down_rows);
  expert_inputs(a, d, tile, w.norm, w.z);
  tile_gemm({d.dtype, tile.count, d.down_rows, w.z.units(), w.z.data, w.z.units(), 1, s.down.of(tile.expert),
             s.down.unit_stride(), w.before, stride, false, nullptr});
  hidden_units(a, d, tile, w.before, w.h);
  scale_hidden(a, d, tile, w.before, w.h);
  for (int64_t r = 0; r < tile.count; ++r) w.hidden.set(r, {w.h + r * stride, DType::f32});
  tile_gemm({d.dtype, tile.count, d.sub_width, w.hidden.units(), w.hidden.data, w.hidden.units(), 1,
             s.up.of(tile.expert), s.up.unit_stride(), w.o, padded(d.sub_width), false, nullptr});
  for (int64_t r = 0; r < tile.count; ++r) {
    write_or_add(w.o + r * padded(d.sub_width), tile.slot > 0, sub_token(out, d, a.token_begin, tile.rows[r]),
                 d.sub_width);
  }
}

}  // namespace

size_t experts_scratch(const Experts& a) { return Scratch(a, nullptr).cut.used(); }

void experts(const Experts& a, const Tensor& out) {
  Scratch s(a, a.scratch);
  assert(out.dtype == a.u.dtype && out.size() == s.dims.computed * s.dims.sub_width);
  s.down.pack_down(a.down, a.scale_weight, s.rounded_down);
  s.up.pack_up(a.up, s.rounded_up);
  // A slot's sub-tokens are distinct: no two threads meet.
  for (int64_t slot = 0; slot < s.dims.slots; ++slot) {
    s.order.sort(a, s.dims, slot);
    parallel_ranges(s.order.tiles(), 1, [&](int64_t begin, int64_t end, int thread) {
      const ThreadCount alone(1);  // for the kernels called
      const Workspace w = s.threads.of(thread);
      for (int64_t i = begin; i < end; ++i) run_tile(a, s, s.order.tile(i), w, out);
    });
  }
}

}  // namespace ax::kernels
