// What a point cloud goes through before a model sees it: part of the model, like an image's Preprocess.
#pragma once

#include <cstdint>

namespace ax {

struct PointPreprocess {
  int64_t points = 1024;    // of the input: the farthest ones of the cloud (kernels/points/farthest_points.h)
  bool unit_sphere = true;  // moved to its centroid and scaled to a largest radius of 1 before

  int64_t sample_points = 4096;  // drawn of a mesh's surface before, or the most of a file's cloud

  bool operator==(const PointPreprocess&) const = default;
};

// Throws Error where points or sample_points is not in [1, 2^20].
void check(const PointPreprocess& preprocess);

}  // namespace ax
