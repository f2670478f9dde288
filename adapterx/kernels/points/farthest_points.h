// Farthest point sampling (Gonzalez, 1985; Eldar et al., 1997): well-spread points of a cloud. Starting at
// point 0, each next one is the point whose distance to those already chosen is greatest, the lowest index
// among equals. Exact: distances are (dx*dx + dy*dy) + dz*dz in f32 without fused operations, so that every
// machine chooses the same points.
//
// A point with a NaN or infinite coordinate counts as one at distance 0 (but point 0 is always chosen) and
// moves no other: it is chosen only when all finite points have been, or lie on chosen ones.
#pragma once

#include <cstdint>
#include <span>

#include "adapterx/base/tensor.h"

namespace ax::kernels {

// One cloud xyz [N, 3], on the calling thread. indices [count]: the chosen points in order. Error unless
// 1 <= count <= N.
void farthest_points(std::span<const float> xyz, int64_t count, std::span<int32_t> indices);

// A batch, parallel over its clouds.
struct FarthestPoints {
  Tensor points;   // f32 [B, N, 3]
  Tensor indices;  // i32 [B, G], written; G <= N
  void* scratch = nullptr;
};
void farthest_points(const FarthestPoints& a);

// Bytes of scratch, at the thread count in force when asked.
size_t farthest_points_scratch(int64_t points);

}  // namespace ax::kernels
