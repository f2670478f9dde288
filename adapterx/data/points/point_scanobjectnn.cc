// ScanObjectNN (Uy et al., ICCV 2019), in the .h5 files of its authors.
#include <string_view>
#include <utility>

#include "adapterx/base/error.h"
#include "adapterx/data/points/point_formats.h"
#include "adapterx/io/tensors/hdf5.h"

namespace ax {
namespace {

namespace fs = std::filesystem;

constexpr const char* kWithBackground = "main_split";
constexpr const char* kWithout = "main_split_nobg";
constexpr const char* kDisturbed = "_augmentedrot_scale75";

const std::vector<std::string>& class_names() {
  static const std::vector<std::string> names = {"bag",  "bin",     "box",  "cabinet", "chair",
                                                 "desk", "display", "door", "shelf",   "table",
                                                 "bed",  "pillow",  "sink", "sofa",    "toilet"};
  return names;
}

bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

// "main_split" of ".../main_split/", of "." within it ...
fs::path folder_name(const fs::path& folder) {
  std::error_code error;
  const fs::path real = fs::canonical(folder, error);
  return error ? folder.filename() : real.filename();
}

fs::path split_folder(const fs::path& path, const std::string& variant) {
  const char* const wanted = variant == "OBJ_ONLY" ? kWithout : kWithBackground;
  if (is_folder(path / wanted)) return path / wanted;
  const fs::path name = folder_name(path);
  if (name != kWithBackground && name != kWithout) return path;
  const fs::path sibling = path / ".." / wanted;
  if (!is_folder(sibling)) fail("{}: expected the folder {} of {} beside it", path.string(), wanted, variant);
  return name == wanted ? path : sibling.lexically_normal();
}

std::shared_ptr<const PointDataset> open_file(const fs::path& file, const std::string& variant) {
  std::error_code ignored;
  if (!fs::is_regular_file(file, ignored)) fail("{}: no such file; {} is in it", file.string(), variant);
  const Hdf5File h5 = Hdf5File::open(file);
  Shape shape;
  const std::vector<float> xyz = h5.read_floats("data", shape);
  const std::vector<int64_t> labels = h5.read_ints("label");
  if (shape.rank() != 3 || shape[2] != 3 || shape[1] < 1 || shape[0] < 1 || shape[0] != std::ssize(labels)) {
    fail("{}: data: expected clouds [{}, points, 3], as many as labels, got {}", file.string(), labels.size(),
         to_string(shape));
  }
  return clouds_in_memory(cut_clouds(file.string(), xyz, shape[1], labels, std::ssize(class_names())));
}

}  // namespace

bool is_scanobjectnn(const fs::path& folder) {
  std::error_code ignored;
  return is_folder(folder / kWithBackground) || is_folder(folder / kWithout) ||
         fs::is_regular_file(folder / "training_objectdataset.h5", ignored) ||
         fs::is_regular_file(folder / fmt::format("training_objectdataset{}.h5", kDisturbed), ignored);
}

PointSplits open_scanobjectnn(const DatasetSpec& spec) {
  const std::string variant = variant_of(spec, {"PB_T50_RS", "OBJ_BG", "OBJ_ONLY"});
  const fs::path folder = split_folder(spec.path, variant);
  const std::string suffix = variant == "PB_T50_RS" ? kDisturbed : "";
  PointSplits splits{.classes = class_names(), .unit_sphere = false};
  splits.train = open_file(folder / fmt::format("training_objectdataset{}.h5", suffix), variant);
  splits.test = open_file(folder / fmt::format("test_objectdataset{}.h5", suffix), variant);
  return splits;
}

}  // namespace ax
