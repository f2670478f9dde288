#include "adapterx/io/shapes/mesh_builder.h"

#include <utility>

#include "adapterx/base/error.h"

namespace ax {

void add_polygon(TriangleMesh& mesh, std::span<const uint32_t> corners) {
  for (size_t i = 2; i < corners.size(); ++i) {
    mesh.triangles.insert(mesh.triangles.end(), {corners[0], corners[i - 1], corners[i]});
  }
}

Geometry finished(const std::string& file, TriangleMesh mesh) {
  if (mesh.vertices.empty()) fail("{}: expected vertices, got none; the file holds no shape", file);
  if (mesh.triangles.empty()) return PointCloud{std::move(mesh.vertices)};
  return mesh;
}

}  // namespace ax
