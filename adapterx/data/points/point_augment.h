// What training does to a point cloud, beside choosing its points (data/points/point_samples.h). Off by
// default.
#pragma once

#include <string>

namespace ax {

struct PointAugment {
  bool rotate_y = false;         // a random angle about the y axis (ScanObjectNN's recipe)
  bool scale_translate = false;  // each axis scaled by U[2/3, 3/2] and shifted by U[-0.2, 0.2] (ModelNet40's)
  double jitter = 0;             // standard deviation of noise on each coordinate
  double jitter_clip = 0.05;     // its largest size
  double point_dropout = 0;      // largest part of the points put onto the first one (PointNet++: 0.875)

  bool operator==(const PointAugment&) const = default;
};

// "turned about y, jitter 0.01 (at most 0.05)", or "none".
std::string to_string(const PointAugment& options);

// Throws Error where jitter or jitter_clip is not in [0, 1e6], or point_dropout not in [0, 1].
void check(const PointAugment& options);

}  // namespace ax
