// Puts together what a mesh file says. Internal to the readers of meshes.
#pragma once

#include <span>
#include <string>

#include "adapterx/io/shapes/point_cloud.h"

namespace ax {

constexpr int64_t kMaxVertices = int64_t{1} << 31;

// A polygon as a fan of triangles around its first corner; none where there are fewer than three.
void add_polygon(TriangleMesh& mesh, std::span<const uint32_t> corners);

// The mesh, or the cloud of its vertices where it has no triangles. Throws Error where it has no vertices.
Geometry finished(const std::string& file, TriangleMesh mesh);

}  // namespace ax
