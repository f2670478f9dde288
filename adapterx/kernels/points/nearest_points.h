// The K nearest points of each centre, exactly, by squared distance in f32, (dx*dx + dy*dy) + dz*dz without
// fused operations; nearest first, the lowest index first among equals.
//
// A point with a NaN or infinite coordinate is infinitely far. To such a centre all points are equally far:
// it gets points 0 to K - 1.
#pragma once

#include "adapterx/base/tensor.h"

namespace ax::kernels {

struct NearestPoints {
  Tensor points;   // f32 [B, N, 3]
  Tensor centers;  // f32 [B, G, 3]
  Tensor indices;  // i32 [B, G, K], written; K <= N
  void* scratch = nullptr;
};
void nearest_points(const NearestPoints& a);  // parallel over all centres of the batch

// Bytes of scratch, at the thread count in force when asked.
size_t nearest_points_scratch(int64_t points, int64_t count);

}  // namespace ax::kernels
