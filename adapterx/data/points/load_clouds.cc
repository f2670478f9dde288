#include "adapterx/data/points/load_clouds.h"

#include <algorithm>

#include "adapterx/base/error.h"
#include "adapterx/data/input_files.h"
#include "adapterx/data/points/load_cloud.h"
#include "adapterx/data/points/point_transform.h"
#include "adapterx/io/shapes/shape_file.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

void append_folder(const fs::path& folder, std::vector<fs::path>& files) {
  const auto begin = std::ssize(files);
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && is_shape_file(entry.path())) files.push_back(entry.path());
  }
  if (std::ssize(files) == begin) {
    fail("{}: expected shapes (.obj, .off, .ply, .stl, .wrl, .xyz, .pcd ...) in the folder, got none",
         folder.string());
  }
  std::sort(files.begin() + begin, files.end());
}

}  // namespace

std::vector<std::string> load_clouds(std::span<const fs::path> files, const PointPreprocess& preprocess,
                                     std::span<float> out) {
  return load_each("clouds", files, static_cast<size_t>(3 * preprocess.points), out,
                   [&](const fs::path& file, std::span<float> input) {
                     preprocess_cloud(load_cloud(file, preprocess.sample_points), preprocess, input);
                   });
}

std::vector<fs::path> find_shapes(std::span<const fs::path> paths) {
  return find_inputs("shapes", paths, append_folder);
}

}  // namespace ax
