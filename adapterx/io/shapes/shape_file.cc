#include "adapterx/io/shapes/shape_file.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <string>

#include "adapterx/base/error.h"
#include "adapterx/io/shapes/obj.h"
#include "adapterx/io/shapes/off.h"
#include "adapterx/io/shapes/pcd.h"
#include "adapterx/io/shapes/ply.h"
#include "adapterx/io/shapes/stl.h"
#include "adapterx/io/shapes/wrl.h"
#include "adapterx/io/shapes/xyz.h"
#include "adapterx/io/tensors/npy.h"

namespace ax {
namespace {

using Read = Geometry (*)(const FileBytes&);

struct Format {
  std::string_view extension;
  Read read;
};

Geometry read_text(const FileBytes& file) { return read_xyz(file); }

constexpr auto kFormats = std::to_array<Format>({
    {".obj", read_obj},
    {".off", read_off},
    {".ply", read_ply},
    {".stl", read_stl},
    {".wrl", read_wrl},
    {".xyz", read_text},
    {".txt", read_text},
    {".pts", read_text},
    {".pcd", [](const FileBytes& file) -> Geometry { return read_pcd(file); }},
    {".npy", [](const FileBytes& file) -> Geometry { return read_npy_cloud(file); }},
});

const Format* find_format(const std::filesystem::path& path) {
  std::string extension = path.extension().string();
  std::ranges::transform(extension, extension.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const auto* found = std::ranges::find(kFormats, extension, &Format::extension);
  return found == kFormats.end() ? nullptr : found;
}

}  // namespace

bool is_shape_file(const std::filesystem::path& path) { return find_format(path) != nullptr; }

Geometry read_shape(const FileBytes& file) {
  const Format* format = find_format(file.name());
  if (format == nullptr) {
    fail("{}: expected a file named *.obj, .off, .ply, .stl, .wrl, .xyz, .txt, .pts, .pcd or .npy",
         file.name());
  }
  return format->read(file);
}

Geometry read_shape_file(const std::filesystem::path& path) { return read_shape(FileBytes::map(path)); }

PointCloud read_npy_cloud(const FileBytes& file) {
  const TensorFile arrays = read_npy(file);
  if (arrays.tensors().empty()) fail("{}: expected floats, got texts", file.name());
  const TensorInfo& array = arrays.at("arr_0");
  const Shape& shape = array.shape;
  if (shape.rank() != 2 || shape[0] < 1 || shape[1] < 3) {
    fail("{}: expected floats of shape [points, 3 or more], got {} {}", file.name(), to_string(array.dtype),
         to_string(shape));
  }
  const std::vector<float> all = arrays.f32("arr_0");
  const auto rows = static_cast<size_t>(shape[0]), columns = static_cast<size_t>(shape[1]);
  PointCloud cloud;
  cloud.xyz.reserve(rows * 3);
  for (size_t row = 0; row < rows; ++row) {
    for (size_t axis = 0; axis < 3; ++axis) {
      const float v = all[row * columns + axis];
      if (!std::isfinite(v)) fail("{}: row {}: expected finite coordinates, got {}", file.name(), row, v);
      cloud.xyz.push_back(v);
    }
  }
  return cloud;
}

}  // namespace ax
