// For tests: the smallest backbone of each family.
#pragma once

#include <vector>

#include "adapterx/graph/gradient_check.h"
#include "adapterx/models/points/point_family.h"
#include "adapterx/models/vit/vit_family.h"

namespace ax {

inline constexpr int64_t kMicroClasses = 5;

inline std::vector<BackbonePtr> micro_backbones() {
  VitConfig vit;
  vit.image_size = 8;
  vit.patch_size = 2;
  vit.width = 8;
  vit.depth = 1;
  vit.heads = 2;
  vit.mlp_ratio = 1;
  vit.classes = kMicroClasses;
  PointTransformerConfig points;
  points.points = 24;
  points.groups = 8;
  points.group_size = 3;
  points.encoder = {4, 4, 4, 8};
  points.position_hidden = 4;
  points.width = 8;
  points.depth = 1;
  points.heads = 2;
  points.mlp_ratio = 1;
  points.classes = kMicroClasses;
  points.head_hidden = 16;
  return {vit_backbone(vit), point_backbone(points)};
}

// Values of inputs and parameters for `interpret`. Variances are above 0.
inline std::vector<double> micro_values(std::string_view name, const Shape& shape) {
  std::vector<double> v = test_values(name, shape);
  if (!name.ends_with("running_var")) return v;
  for (double& x : v) x = 1 + x * x;
  return v;
}

}  // namespace ax
