#include "adapterx/data/points/sample_mesh.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "adapterx/base/error.h"

namespace ax {
namespace {

using Point = std::array<double, 3>;

Point corner(const TriangleMesh& mesh, int64_t triangle, int64_t which) {
  const size_t v = mesh.triangles[static_cast<size_t>(3 * triangle + which)];
  const float* xyz = mesh.vertices.data() + 3 * v;
  return {static_cast<double>(xyz[0]), static_cast<double>(xyz[1]), static_cast<double>(xyz[2])};
}

double area(const Point& a, const Point& b, const Point& c) {
  const Point u = {b[0] - a[0], b[1] - a[1], b[2] - a[2]}, v = {c[0] - a[0], c[1] - a[1], c[2] - a[2]};
  const double x = u[1] * v[2] - u[2] * v[1], y = u[2] * v[0] - u[0] * v[2], z = u[0] * v[1] - u[1] * v[0];
  return 0.5 * std::sqrt(x * x + y * y + z * z);
}

void check_triangles(const TriangleMesh& mesh) {
  const auto vertices = static_cast<uint64_t>(mesh.vertex_count());
  for (const uint32_t v : mesh.triangles) {
    if (v >= vertices) fail("mesh: expected vertices below {}, got {}", vertices, v);
  }
}

// [triangles]: the area of each and all before it.
std::vector<double> areas_up_to(const TriangleMesh& mesh) {
  std::vector<double> sums;
  double sum = 0;
  for (int64_t t = 0; t < mesh.triangle_count(); ++t) {
    sum += area(corner(mesh, t, 0), corner(mesh, t, 1), corner(mesh, t, 2));
    sums.push_back(sum);
  }
  if (!(sum > 0) || !std::isfinite(sum)) {
    fail("mesh: expected triangles of an area above 0, got {} of area {}", mesh.triangle_count(), sum);
  }
  return sums;
}

}  // namespace

PointCloud sample_surface(const TriangleMesh& mesh, int64_t points, const Rng& rng) {
  if (points < 1) fail("mesh: expected at least 1 point to sample, got {}", points);
  check_triangles(mesh);
  const std::vector<double> sums = areas_up_to(mesh);
  PointCloud cloud;
  cloud.xyz.reserve(static_cast<size_t>(3 * points));
  for (int64_t i = 0; i < points; ++i) {
    const std::array<uint32_t, 4> draw = rng.block(static_cast<uint64_t>(i));
    const double at = (static_cast<double>(draw[0]) + draw[1] * 0x1p-32) * 0x1p-32 * sums.back();
    auto triangle = std::ranges::upper_bound(sums, at) - sums.begin();
    if (triangle == std::ssize(sums)) triangle = std::ranges::lower_bound(sums, sums.back()) - sums.begin();
    const double root = std::sqrt(draw[2] * 0x1p-32), along = draw[3] * 0x1p-32;
    const Point a = corner(mesh, triangle, 0), b = corner(mesh, triangle, 1), c = corner(mesh, triangle, 2);
    for (size_t k = 0; k < 3; ++k) {
      const double x = (1 - root) * a[k] + root * ((1 - along) * b[k] + along * c[k]);
      cloud.xyz.push_back(static_cast<float>(x));
    }
  }
  return cloud;
}

}  // namespace ax
