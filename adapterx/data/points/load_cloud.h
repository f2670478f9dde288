// From a file of a 3D shape to the points that stand for it: the same for training, evaluation and
// prediction.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "adapterx/io/shapes/point_cloud.h"

namespace ax {

// Of a mesh `points` points of its surface (sample_mesh.h); of a cloud with more than `points`, that many of
// them, drawn evenly, in their order; a smaller cloud as it is. A function of the geometry alone: no seed
// alters it. Throws Error starting with `name`.
PointCloud cloud_of(Geometry geometry, int64_t points, const std::string& name);

// Reads the shape file, then the same. Throws Error naming the file.
PointCloud load_cloud(const std::filesystem::path& file, int64_t points);

}  // namespace ax
