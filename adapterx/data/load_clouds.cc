#include "adapterx/data/load_clouds.h"

#include <algorithm>

#include "adapterx/base/error.h"
#include "adapterx/data/load_cloud.h"
#include "adapterx/data/point_transform.h"
#include "adapterx/io/shape_file.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

void append_folder(const fs::path& folder, std::vector<fs::path>& files) {
  const auto begin = std::ssize(files);
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && is_shape_file(entry.path())) files.push_back(entry.path());
  }
  if (std::ssize(files) == begin) {
    fail("{}: expected shapes (.obj, .off, .ply, .stl, .xyz, .pcd ...) in the folder, got none",
         folder.string());
  }
  std::sort(files.begin() + begin, files.end());
}

}  // namespace

std::vector<std::string> load_clouds(std::span<const fs::path> files, const PointPreprocess& preprocess,
                                     std::span<float> out) {
  const auto size = static_cast<size_t>(3 * preprocess.points);
  if (out.size() < files.size() * size) {
    fail("clouds: expected room for {} values, got {}", files.size() * size, out.size());
  }
  std::vector<std::string> errors(files.size());
#pragma omp parallel for schedule(dynamic)
  for (size_t i = 0; i < files.size(); ++i) {
    const std::span<float> input = out.subspan(i * size, size);
    try {
      preprocess_cloud(load_cloud(files[i], preprocess.sample_points), preprocess, input);
    } catch (const std::exception& error) {
      errors[i] = *error.what() != '\0' ? error.what() : files[i].string() + ": cannot be loaded";
      std::ranges::fill(input, 0.0f);
    }
  }
  return errors;
}

std::vector<fs::path> find_shapes(std::span<const fs::path> paths) {
  std::vector<fs::path> files;
  for (const fs::path& path : paths) {
    try {
      if (!fs::exists(path)) fail("{}: no such file or folder", path.string());
      if (fs::is_directory(path)) {
        append_folder(path, files);
      } else {
        files.push_back(path);
      }
    } catch (const fs::filesystem_error& error) {
      fail("{}: cannot look for shapes: {}", path.string(), error.code().message());
    }
  }
  return files;
}

}  // namespace ax
