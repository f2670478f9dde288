#include "adapterx/data/points/load_cloud.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "adapterx/base/error.h"
#include "adapterx/data/points/sample_mesh.h"
#include "adapterx/data/stratify.h"
#include "adapterx/io/shapes/shape_file.h"

namespace ax {
namespace {

PointCloud thinned(const PointCloud& cloud, int64_t points) {
  std::vector<int64_t> chosen = shuffled(cloud.size(), 0, 0, "points.thin");
  chosen.resize(static_cast<size_t>(points));
  std::ranges::sort(chosen);
  PointCloud few;
  few.xyz.reserve(static_cast<size_t>(3 * points));
  for (const int64_t i : chosen) {
    few.xyz.insert(few.xyz.end(), cloud.xyz.begin() + 3 * i, cloud.xyz.begin() + 3 * i + 3);
  }
  return few;
}

}  // namespace

PointCloud cloud_of(Geometry geometry, int64_t points, const std::string& name) {
  if (points < 1) fail("{}: expected at least 1 point to sample, got {}", name, points);
  if (auto* cloud = std::get_if<PointCloud>(&geometry)) {
    return cloud->size() > points ? thinned(*cloud, points) : std::move(*cloud);
  }
  try {
    return sample_surface(std::get<TriangleMesh>(geometry), points, Rng(0, 0, place_of("points.surface")));
  } catch (const Error& error) {
    fail("{}: {}", name, error.what());
  }
}

PointCloud load_cloud(const std::filesystem::path& file, int64_t points) {
  return cloud_of(read_shape_file(file), points, file.string());
}

}  // namespace ax
