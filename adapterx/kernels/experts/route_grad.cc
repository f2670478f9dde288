#include <cassert>
#include <cstring>

#include "adapterx/base/parallel.h"
#include "adapterx/kernels/experts/route.h"
#include "adapterx/kernels/experts/route_tile.h"
#include "adapterx/kernels/row.h"

namespace ax::kernels {
namespace {

class RouteGradTiles {
 public:
  RouteGradTiles(const RouteGrad& a, const PackedRouter& packed) : a_(a), packed_(packed) {
    const float dbalance = a.dbalance ? *a.dbalance.f32() : 0.0f;
    balance_factor_ = dbalance * static_cast<float>(packed.experts) / static_cast<float>(a.z.shape[0]);
  }

  void run(int64_t first, int64_t rows, const RouteWorkspace& w) const {
    const int64_t n = packed_.experts, width = packed_.width, d = packed_.sub_width;
    score_tile(a_.router, packed_, a_.z, first, rows, w);
    for (int64_t r = 0; r < rows; ++r) score_gradient(first + r, w.ds + r * padded(n));
    if (a_.dlog_temperature) {  // s = <q, e> / tau: d s / d log tau = -s, and ds here is ds / tau
      for (int64_t i = 0; i < rows * padded(n); ++i) *w.dlog_tau -= w.ds[i] * w.s[i] / packed_.inverse_tau;
    }
    if (packed_.cosine) {
      // d e_i / |e_i| += sum over rows of ds_i q;  dq = ds E.
      tile_gemm({DType::f32, n, width, rows, w.ds, 1, padded(n), w.q, padded(width), w.dembed, padded(width),
                 true, nullptr});
      tile_gemm({DType::f32, rows, width, n, w.ds, padded(n), 1, packed_.embed, padded(width), w.dq,
                 padded(width), false, nullptr});
    } else {
      std::copy_n(w.ds, rows * padded(n), w.dq);
    }
    if (a_.router.token_norm) through_token_norm(rows, w);
    tile_gemm({DType::f32, width, d, rows, w.dq, 1, padded(width), w.z, padded(d), w.dweight, padded(d), true,
               nullptr});
    if (a_.dz) add_input_gradient(first, rows, w);
  }

 private:
  // ds / tau of sub-token m.
  void score_gradient(int64_t m, float* ds) const {
    const int64_t n = packed_.experts;
    const float* p = a_.probs.f32() + m * n;
    const float* load = a_.load.f32();
    for (int64_t i = 0; i < n; ++i) ds[i] = balance_factor_ * load[i];
    for (int64_t slot = 0; a_.dgate && slot < a_.top_k; ++slot) {
      ds[a_.choice.i32()[m * a_.top_k + slot]] += a_.dgate.f32()[m * a_.top_k + slot];
    }
    float mean = 0;
    for (int64_t i = 0; i < n; ++i) mean += p[i] * ds[i];
    for (int64_t i = 0; i < n; ++i) ds[i] = packed_.inverse_tau * p[i] * (ds[i] - mean);
    for (int64_t i = n; i < padded(n); ++i) ds[i] = 0;
  }

  // q^ = q / |q|: dq = (dq^ - q^ <q^, dq^>) / |q|.
  void through_token_norm(int64_t rows, const RouteWorkspace& w) const {
    const int64_t width = packed_.width;
    for (int64_t r = 0; r < rows; ++r) {
      const float* q = w.q + r * padded(width);
      float* dq = w.dq + r * padded(width);
      float dot = 0;
      for (int64_t j = 0; j < width; ++j) dot += q[j] * dq[j];
      for (int64_t j = 0; j < width; ++j) dq[j] = (dq[j] - q[j] * dot) * w.q_norm[r];
    }
  }

  void add_input_gradient(int64_t first, int64_t rows, const RouteWorkspace& w) const {
    const int64_t d = packed_.sub_width, width = packed_.width;
    for (int64_t r = 0; r < rows; ++r) {
      scale_row(row(a_.dz) + (first + r) * d, 1, {w.dz + r * padded(d), DType::f32}, d);
    }
    tile_gemm({DType::f32, rows, d, width, w.dq, padded(width), 1, packed_.weight, padded(d), w.dz, padded(d),
               true, nullptr});
    for (int64_t r = 0; r < rows; ++r) {
      scale_row({w.dz + r * padded(d), DType::f32}, 1, row(a_.dz) + (first + r) * d, d);
    }
  }

  const RouteGrad& a_;
  const PackedRouter& packed_;
  float balance_factor_;
};

void clear_sums(const PackedRouter& p, const RouteWorkspace& w) {
  std::fill_n(w.dweight, p.width * padded(p.sub_width), 0.0f);
  std::fill_n(w.dembed, p.experts * padded(p.width), 0.0f);
  *w.dlog_tau = 0;
}

// n^ = e / |e|: de = (dn^ - n^ <n^, dn^>) / |e|.
void write_embed_gradient(const PackedRouter& p, const float* dn, float* de) {
  for (int64_t i = 0; i < p.experts; ++i) {
    const float* n = p.embed + i * padded(p.width);
    float dot = 0;
    for (int64_t j = 0; j < p.width; ++j) dot += n[j] * dn[i * padded(p.width) + j];
    for (int64_t j = 0; j < p.width; ++j) {
      de[i * p.width + j] = (dn[i * padded(p.width) + j] - n[j] * dot) * p.inverse_norm[i];
    }
  }
}

// The threads' sums, added in their order into the first's.
RouteWorkspace total(const RouteScratch& scratch) {
  const PackedRouter& p = scratch.packed;
  const RouteWorkspace first = scratch.thread(0);
  const auto add = [](const float* from, int64_t n, float* to) {
    for (int64_t i = 0; i < n; ++i) to[i] += from[i];
  };
  for (int t = 1; t < scratch.count; ++t) {
    const RouteWorkspace other = scratch.thread(t);
    add(other.dweight, p.width * padded(p.sub_width), first.dweight);
    add(other.dembed, p.experts * padded(p.width), first.dembed);
    add(other.dlog_tau, 1, first.dlog_tau);
  }
  return first;
}

}  // namespace

void route_grad(const RouteGrad& a) {
  const int64_t m = a.z.shape[0], n = a.router.experts(), width = a.router.weight.shape[0], d = a.z.shape[1];
  assert(!a.dz || a.dz.size() == a.z.size());
  RouteScratch scratch(a.scratch, n, width, d);
  pack_router(a.router, scratch.packed);
  for (int t = 0; t < scratch.count; ++t) clear_sums(scratch.packed, scratch.thread(t));
  const RouteGradTiles tiles(a, scratch.packed);
  parallel_ranges(m, kRouteRows, [&](int64_t begin, int64_t end, int thread) {
    const RouteWorkspace w = scratch.thread(thread);
    for (int64_t i = begin; i < end; i += kRouteRows) tiles.run(i, std::min(kRouteRows, end - i), w);
  });
  const RouteWorkspace sums = total(scratch);
  for (int64_t i = 0; a.dweight && i < width; ++i) {
    std::memcpy(a.dweight.f32() + i * d, sums.dweight + i * padded(d),
                static_cast<size_t>(d) * sizeof(float));
  }
  if (a.dembed) write_embed_gradient(scratch.packed, sums.dembed, a.dembed.f32());
  if (a.dlog_temperature) *a.dlog_temperature.f32() = *sums.dlog_tau;
}

}  // namespace ax::kernels
