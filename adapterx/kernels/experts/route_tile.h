// What route and route_grad share: the scores of a tile of sub-tokens. Internal to them.
#pragma once

#include <algorithm>

#include "adapterx/kernels/attention/attention_pack.h"
#include "adapterx/kernels/experts/route.h"

namespace ax::kernels {

inline constexpr int64_t kRouteRows = 64;  // sub-tokens of a tile

// The router's parameters as right operands of products. `embed`: rows divided by their norms.
struct PackedRouter {
  int64_t experts = 0, width = 0, sub_width = 0;  // N, d_e (linear: N), d_h
  bool cosine = false;
  float inverse_tau = 1;
  float* weight_t = nullptr;      // [d_h][padded(width)]
  float* weight = nullptr;        // [width][padded(d_h)]
  float* embed = nullptr;         // [N][padded(d_e)], normalised
  float* embed_t = nullptr;       // [d_e][padded(N)]
  float* inverse_norm = nullptr;  // [N] of the rows of embed
};

// One thread's memory.
struct RouteWorkspace {
  float* z;       // [rows][padded(d_h)]
  float* q;       // [rows][padded(width)]: normalised in place with token_norm
  float* q_norm;  // [rows]: 1 / |q|
  float* s;       // [rows][padded(N)]: scores; in route, probabilities then
  float* ds;      // [rows][padded(N)]: their gradient, divided by tau
  float* dq;      // [rows][padded(width)]
  float* dz;      // [rows][padded(d_h)]
  // Sums over this thread's tiles.
  float* dweight;     // [width][padded(d_h)]
  float* dembed;      // [N][padded(d_e)]: of the normalised rows
  float* load;        // [padded(N)]: choices counted; and
  float* importance;  // [padded(N)]: sum of p
  float* dlog_tau;    // one number

  RouteWorkspace(ScratchCutter& cut, int64_t experts, int64_t width, int64_t sub_width);
};

// Cuts the packed router, then a workspace for each thread, from scratch.
struct RouteScratch {
  PackedRouter packed;
  std::byte* threads = nullptr;
  size_t packed_bytes = 0, thread_bytes = 0;
  int count = 0;  // of threads

  RouteScratch(void* scratch, int64_t experts, int64_t width, int64_t sub_width);
  RouteWorkspace thread(int i) const;
  size_t bytes() const { return packed_bytes + thread_bytes * static_cast<size_t>(count); }
};

// Fills the packed forms of a.
void pack_router(const Router& a, PackedRouter& packed);

// z, q and the scores s of rows [first, first + rows).
void score_tile(const Router& a, const PackedRouter& packed, const Tensor& z, int64_t first, int64_t rows,
                const RouteWorkspace& w);

}  // namespace ax::kernels
