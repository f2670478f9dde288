// One view of a 3D shape: shaded, by depth or as a silhouette, from a side, under a light and in colours that
// are functions of the seed and the image's number alone.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "adapterx/data/draws.h"
#include "adapterx/io/images/image.h"
#include "adapterx/io/shapes/point_cloud.h"

namespace ax {

// A shape within the unit sphere about the middle of its box.
struct ViewModel {
  std::vector<float> xyz = {};           // [points, 3]; up is y
  std::vector<float> normals = {};       // [points, 3] of a surface, of any length
  std::vector<uint32_t> triangles = {};  // [triangles, 3]; none: a cloud
};

enum class UpAxis : uint8_t { y, z, minus_y };  // of the file

ViewModel view_model(const Geometry& geometry, UpAxis up);

// Turned by any yaw, a pitch from -20 (from below) to 60 degrees and a roll of 10 either way, in perspective.
// Three in five are shaded (half of them flat), one in four by depth, the rest silhouettes. Colours of enough
// contrast.
Image draw_view(const ViewModel& model, int64_t side, const SampleKey& key, const std::string& name);

}  // namespace ax
