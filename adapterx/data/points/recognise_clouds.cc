#include "adapterx/data/points/recognise_clouds.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "adapterx/base/error.h"
#include "adapterx/data/points/point_formats.h"
#include "adapterx/io/files_below.h"
#include "adapterx/io/images/image.h"
#include "adapterx/io/lists/image_csv.h"
#include "adapterx/io/shapes/shape_file.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

std::string extension_of(const fs::path& path) {
  std::string text = path.extension().string();
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// Of files that are nothing but shapes, whatever lies beside them.
bool is_surely_shape(const fs::path& path) {
  const std::string extension = extension_of(path);
  return is_shape_file(path) && extension != ".txt" && extension != ".npy";
}

bool folder_holds_clouds(const fs::path& folder) {
  if (is_scanobjectnn(folder) || is_modelnet(folder) || is_fewshot(folder)) return true;
  bool sure = false, possible = false, images = false;
  files_below(folder, [&](const fs::path& file) {
    sure = sure || is_surely_shape(file);
    images = images || is_image_name(file);
    possible = possible || (is_shape_file(file) && file.parent_path() != folder);
    return false;
  });
  return sure || (possible && !images);
}

bool list_holds_clouds(const fs::path& list) {
  const std::vector<CsvImage> rows = read_image_csv(FileBytes::map(list));
  return std::ranges::any_of(rows, [](const CsvImage& row) { return is_shape_file(row.path); });
}

bool path_holds_clouds(const fs::path& path) {
  if (fs::is_directory(path)) return folder_holds_clouds(path);
  const std::string extension = extension_of(path);
  if (extension == ".csv") return list_holds_clouds(path);
  if (extension == ".txt") return false;  // it may be a list
  return extension == ".npz" || extension == ".pkl" || is_shape_file(path);
}

}  // namespace

bool holds_clouds(const DatasetSpec& spec) {
  constexpr std::array<std::string_view, 5> kOfClouds = {"scanobjectnn", "modelnet", "fewshot", "npz",
                                                         "shapes"};
  constexpr std::array<std::string_view, 2> kOfBoth = {"auto", "csv"};
  if (std::ranges::count(kOfClouds, spec.format) > 0) return true;
  if (std::ranges::count(kOfBoth, spec.format) == 0) return false;
  try {
    return fs::exists(spec.path) && path_holds_clouds(spec.path);
  } catch (const std::exception&) {  // what is damaged is told of by who opens it
    return false;
  }
}

}  // namespace ax
