// From files of 3D shapes to the input of a model.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "adapterx/data/points/point_preprocess.h"

namespace ax {

// Many files, on all threads: out [files, points, 3], each as evaluation is shown it. Returns an error text
// for each file, "" where it is well; the input of one that failed is zero.
std::vector<std::string> load_clouds(std::span<const std::filesystem::path> files,
                                     const PointPreprocess& preprocess, std::span<float> out);

// The shape files (io/shapes/shape_file.h) that the paths name: files as they are, folders with all below
// them, in order of their names. Throws Error where a path doesn't exist or a folder holds none.
std::vector<std::filesystem::path> find_shapes(std::span<const std::filesystem::path> paths);

}  // namespace ax
