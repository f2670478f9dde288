// Points on the surface of a mesh, uniform by area (Osada et al., "Shape distributions", TOG 2002, section
// 4.1).
#pragma once

#include <cstdint>

#include "adapterx/base/rng.h"
#include "adapterx/io/shapes/point_cloud.h"

namespace ax {

// Point i is a function of the mesh and of block i of rng alone: the first points of a longer sample are
// those of a shorter. Throws Error where points < 1, a triangle names a vertex that isn't there, or the area
// is 0 or not finite.
PointCloud sample_surface(const TriangleMesh& mesh, int64_t points, const Rng& rng);

}  // namespace ax
