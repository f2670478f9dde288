// Point groups, the patches of a point transformer (Point-BERT, Yu et al., arXiv 2111.14819): centres by
// farthest point sampling, each with its nearest points. Definition: kernels/points/group_points.h. Which
// points are chosen is no differentiable function: the points get no gradient, and building one that asks for
// it fails.
#pragma once

#include "adapterx/graph/op.h"

namespace ax {

struct PointGroups {
  Value neighbours;        // [B, G, K * 3], Role::exact: K nearest points, xyz each, minus the centre
  Value centers;           // [B, G, 3], Role::exact
  Value neighbour_points;  // [B, G, K], Role::index: which of the N points they are
  Value center_points;     // [B, G], Role::index
};

// points: [B, N, 3]; 1 <= groups <= N, 1 <= group_size <= N.
PointGroups group_points(Value points, int64_t groups, int64_t group_size);

}  // namespace ax
