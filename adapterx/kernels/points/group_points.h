// Point groups, the patches of a point transformer (Point-BERT, Yu et al., arXiv 2111.14819): centres by
// farthest point sampling (kernels/points/farthest_points.h), and to each its nearest points
// (kernels/points/nearest_points.h), itself among them, given relative to the centre.
#pragma once

#include "adapterx/base/tensor.h"

namespace ax::kernels {

struct GroupPoints {
  Tensor points;            // f32 [B, N, 3]
  Tensor neighbours;        // f32 [B, G, K * 3], written: nearest first, minus the centre
  Tensor centers;           // f32 [B, G, 3], written, in the order of the sampling
  Tensor neighbour_points;  // i32 [B, G, K], written: which points they are
  Tensor center_points;     // i32 [B, G], written
  void* scratch = nullptr;
};
void group_points(const GroupPoints& a);

// Bytes of scratch, at the thread count in force when asked.
size_t group_points_scratch(int64_t points, int64_t group_size);

}  // namespace ax::kernels
