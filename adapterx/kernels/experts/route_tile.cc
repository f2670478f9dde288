#include "adapterx/kernels/experts/route_tile.h"

#include <cmath>

#include "adapterx/base/parallel.h"
#include "adapterx/kernels/row.h"

namespace ax::kernels {
namespace {

// to[j][i] = from[i][j], rows of `to` padded with zeros.
void transpose_padded(const float* from, int64_t rows, int64_t columns, int64_t stride, float* to) {
  std::fill_n(to, columns * padded(rows), 0.0f);
  for (int64_t i = 0; i < rows; ++i) {
    for (int64_t j = 0; j < columns; ++j) to[j * padded(rows) + i] = from[i * stride + j];
  }
}

float norm(const float* x, int64_t n) {
  double sum = 0;
  for (int64_t i = 0; i < n; ++i) sum += static_cast<double>(x[i]) * static_cast<double>(x[i]);
  return static_cast<float>(std::sqrt(sum));
}

float inverse_or_zero(float x) { return x > 0 ? 1.0f / x : 0.0f; }

PackedRouter cut_router(ScratchCutter& cut, int64_t experts, int64_t width, int64_t sub_width) {
  PackedRouter p;
  p.experts = experts;
  p.width = width;
  p.sub_width = sub_width;
  p.weight_t = cut.take<float>(sub_width * padded(width));
  p.weight = cut.take<float>(width * padded(sub_width));
  p.embed = cut.take<float>(experts * padded(width));
  p.embed_t = cut.take<float>(width * padded(experts));
  p.inverse_norm = cut.take<float>(experts);
  return p;
}

}  // namespace

RouteWorkspace::RouteWorkspace(ScratchCutter& cut, int64_t experts, int64_t width, int64_t sub_width)
    : z(cut.take<float>(kRouteRows * padded(sub_width))),
      q(cut.take<float>(kRouteRows * padded(width))),
      q_norm(cut.take<float>(kRouteRows)),
      s(cut.take<float>(kRouteRows * padded(experts))),
      ds(cut.take<float>(kRouteRows * padded(experts))),
      dq(cut.take<float>(kRouteRows * padded(width))),
      dz(cut.take<float>(kRouteRows * padded(sub_width))),
      dweight(cut.take<float>(width * padded(sub_width))),
      dembed(cut.take<float>(experts * padded(width))),
      load(cut.take<float>(padded(experts))),
      importance(cut.take<float>(padded(experts))),
      dlog_tau(cut.take<float>(1)) {}

RouteScratch::RouteScratch(void* scratch, int64_t experts, int64_t width, int64_t sub_width)
    : count(thread_count()) {
  ScratchCutter shared(scratch);
  packed = cut_router(shared, experts, width, sub_width);
  packed_bytes = shared.used();
  if (scratch != nullptr) threads = static_cast<std::byte*>(scratch) + packed_bytes;
  ScratchCutter one(nullptr);
  RouteWorkspace(one, experts, width, sub_width);
  thread_bytes = one.used();
}

RouteWorkspace RouteScratch::thread(int i) const {
  ScratchCutter cut(threads + thread_bytes * static_cast<size_t>(i));
  return {cut, packed.experts, packed.width, packed.sub_width};
}

size_t route_scratch(int64_t experts, int64_t route_width, int64_t sub_width) {
  return RouteScratch(nullptr, experts, route_width, sub_width).bytes();
}

void pack_router(const Router& a, PackedRouter& packed) {
  const int64_t width = packed.width, d = packed.sub_width, n = packed.experts;
  const float* weight = a.weight.f32();
  packed.cosine = static_cast<bool>(a.embed);
  packed.inverse_tau = 1.0f / a.tau();
  transpose_padded(weight, width, d, d, packed.weight_t);
  for (int64_t i = 0; i < width; ++i) {
    std::fill(std::copy_n(weight + i * d, d, packed.weight + i * padded(d)),
              packed.weight + (i + 1) * padded(d), 0.0f);
  }
  if (!packed.cosine) return;
  for (int64_t i = 0; i < n; ++i) {
    const float* e = a.embed.f32() + i * width;
    float* to = packed.embed + i * padded(width);
    packed.inverse_norm[i] = inverse_or_zero(norm(e, width));
    std::fill_n(to, padded(width), 0.0f);
    for (int64_t j = 0; j < width; ++j) to[j] = e[j] * packed.inverse_norm[i];
  }
  transpose_padded(packed.embed, n, width, padded(width), packed.embed_t);
}

void score_tile(const Router& a, const PackedRouter& packed, const Tensor& z, int64_t first, int64_t rows,
                const RouteWorkspace& w) {
  const int64_t d = packed.sub_width, width = packed.width, n = packed.experts;
  for (int64_t r = 0; r < rows; ++r) {
    float* to = w.z + r * padded(d);
    scale_row(row(z) + (first + r) * d, 1, {to, DType::f32}, d);
    std::fill(to + d, to + padded(d), 0.0f);
  }
  tile_gemm({DType::f32, rows, width, d, w.z, padded(d), 1, packed.weight_t, padded(width), w.q,
             padded(width), false, nullptr});
  for (int64_t r = 0; a.token_norm && r < rows; ++r) {
    float* q = w.q + r * padded(width);
    w.q_norm[r] = inverse_or_zero(norm(q, width));
    for (int64_t j = 0; j < width; ++j) q[j] *= w.q_norm[r];
  }
  float* s = w.s;
  if (packed.cosine) {
    tile_gemm({DType::f32, rows, n, width, w.q, padded(width), 1, packed.embed_t, padded(n), s, padded(n),
               false, nullptr});
  } else {
    std::copy_n(w.q, rows * padded(n), s);
  }
  for (int64_t i = 0; i < rows * padded(n); ++i) s[i] *= packed.inverse_tau;
}

}  // namespace ax::kernels
