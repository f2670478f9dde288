// What a 3D file holds: points, or a surface of triangles. Coordinates are finite.
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

namespace ax {

struct PointCloud {
  std::vector<float> xyz;  // [size, 3], row-major

  int64_t size() const { return static_cast<int64_t>(xyz.size() / 3); }
};

struct TriangleMesh {
  std::vector<float> vertices;      // [vertex_count, 3]
  std::vector<uint32_t> triangles;  // [triangle_count, 3], places in `vertices`

  int64_t vertex_count() const { return static_cast<int64_t>(vertices.size() / 3); }
  int64_t triangle_count() const { return static_cast<int64_t>(triangles.size() / 3); }
};

// A cloud has a point at least, a mesh a triangle.
using Geometry = std::variant<PointCloud, TriangleMesh>;

}  // namespace ax
