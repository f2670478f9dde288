#include "adapterx/kernels/experts.h"

#include <cassert>

#include "adapterx/base/parallel.h"
#include "adapterx/kernels/expert_tiles.h"

namespace ax::kernels {
namespace {

// One thread's memory.
struct Workspace {
  TileRows z, hidden;
  float* before;  // [rows][padded(r)]
  float* h;       // [rows][padded(r)]
  float* o;       // [rows][padded(d_h)]

  Workspace(ScratchCutter& cut, const ExpertDims& d)
      : z(cut, d.dtype, d.rows_per_tile, d.sub_width),
        hidden(cut, d.dtype, d.rows_per_tile, d.rank),
        before(cut.take<float>(d.rows_per_tile * padded(d.rank))),
        h(cut.take<float>(d.rows_per_tile * padded(d.rank))),
        o(cut.take<float>(d.rows_per_tile * padded(d.sub_width))) {}
};

struct Scratch {
  ExpertDims dims;
  ScratchCutter cut;
  ExpertOrder order;
  PackedExperts down, up;
  TileRows rounded_down, rounded_up;
  size_t bytes;

  Scratch(const Experts& a, void* scratch)
      : dims(a),
        cut(scratch),
        order(cut, dims),
        down(cut, dims, dims.rank, dims.sub_width, PackedExperts::Over::columns),
        up(cut, dims, dims.sub_width, dims.rank, PackedExperts::Over::columns),
        rounded_down(cut, dims.dtype, dims.rank, dims.sub_width),
        rounded_up(cut, dims.dtype, dims.sub_width, dims.rank) {
    ScratchCutter one(nullptr);
    Workspace(one, dims);
    thread_bytes_ = one.used();
    bytes = cut.used() + thread_bytes_ * static_cast<size_t>(thread_count());
    if (scratch != nullptr) threads_ = static_cast<std::byte*>(scratch) + cut.used();
  }

  Workspace thread(int i) const {
    ScratchCutter one(threads_ + thread_bytes_ * static_cast<size_t>(i));
    return {one, dims};
  }

 private:
  std::byte* threads_ = nullptr;
  size_t thread_bytes_ = 0;
};

void run_tile(const Experts& a, const Scratch& s, const ExpertTile& tile, const Workspace& w,
              const Tensor& out) {
  const ExpertDims& d = s.dims;
  for (int64_t r = 0; r < tile.count; ++r) w.z.set(r, sub_token(a.u, d, 0, tile.rows[r]));
  tile_gemm({d.dtype, tile.count, d.rank, w.z.units(), w.z.data, w.z.units(), 1, s.down.of(tile.expert),
             s.down.unit_stride(), w.before, padded(d.rank), false, nullptr});
  hidden_units(a, tile, w.before, w.h);
  for (int64_t r = 0; r < tile.count; ++r) w.hidden.set(r, {w.h + r * padded(d.rank), DType::f32});
  tile_gemm({d.dtype, tile.count, d.sub_width, w.hidden.units(), w.hidden.data, w.hidden.units(), 1,
             s.up.of(tile.expert), s.up.unit_stride(), w.o, padded(d.sub_width), false, nullptr});
  for (int64_t r = 0; r < tile.count; ++r) {
    write_or_add(w.o + r * padded(d.sub_width), output_factor(a, tile, r), tile.slot > 0,
                 sub_token(out, d, a.token_begin, tile.rows[r]), d.sub_width);
  }
}

}  // namespace

size_t experts_scratch(const Experts& a) { return Scratch(a, nullptr).bytes; }

void experts(const Experts& a, const Tensor& out) {
  Scratch s(a, a.scratch);
  assert(out.dtype == a.u.dtype && out.size() == s.dims.computed * s.dims.sub_width);
  s.down.pack(a.down, s.rounded_down);
  s.up.pack(a.up, s.rounded_up);
  for (int64_t slot = 0; slot < s.dims.top_k;
       ++slot) {  // a slot's sub-tokens are distinct: no two threads meet
    s.order.sort(a, s.dims, slot);
    parallel_ranges(s.order.tiles(), 1, [&](int64_t begin, int64_t end, int thread) {
      const Workspace w = s.thread(thread);
      for (int64_t i = begin; i < end; ++i) run_tile(a, s, s.order.tile(i), w, out);
    });
  }
}

}  // namespace ax::kernels
