// ModelNet40 (Wu et al., CVPR 2015) as PointNet++ handed it on: modelnet40_normal_resampled.
#include <algorithm>
#include <utility>

#include "adapterx/base/error.h"
#include "adapterx/data/labelled_files.h"
#include "adapterx/data/points/point_formats.h"
#include "adapterx/data/points/point_pickles.h"
#include "adapterx/io/lists/image_list.h"
#include "adapterx/io/shapes/shape_file.h"

namespace ax {
namespace {

namespace fs = std::filesystem;
using Clouds = std::shared_ptr<const PointDataset>;
using Kind = PickledValue::Kind;

// Files of points, read when asked for.
class CloudFiles : public PointDataset {
 public:
  explicit CloudFiles(std::vector<LabelledFile> files) : files_(std::move(files)) {}
  int64_t size() const override { return std::ssize(files_); }
  int32_t label(int64_t i) const override { return at(i).label; }
  std::string name(int64_t i) const override { return at(i).path; }
  PointCloud points(int64_t i) const override { return std::get<PointCloud>(read_shape_file(at(i).path)); }

 private:
  const LabelledFile& at(int64_t i) const { return files_[static_cast<size_t>(i)]; }

  std::vector<LabelledFile> files_;
};

bool has(const fs::path& file) {
  std::error_code ignored;
  return fs::is_regular_file(file, ignored);
}

// "night_stand" of "night_stand_0032".
std::string class_of(const std::string& name) { return name.substr(0, name.rfind('_')); }

Clouds open_list(const fs::path& folder, const fs::path& list, const std::vector<std::string>& classes) {
  std::vector<LabelledFile> files;
  for (const std::string& name : read_name_list(FileBytes::map(list))) {
    const auto found = std::ranges::find(classes, class_of(name));
    if (found == classes.end()) {
      fail("{}: `{}`: expected the name of a class and a number, class_0001{}", list.string(), name,
           did_you_mean(class_of(name), classes));
    }
    const fs::path file = folder / *found / (name + ".txt");
    if (!has(file)) fail("{}: `{}`: {}: no such file", list.string(), name, file.string());
    files.push_back({file.string(), static_cast<int32_t>(found - classes.begin())});
  }
  if (files.empty()) fail("{}: expected names of clouds, got none", list.string());
  return std::make_shared<CloudFiles>(std::move(files));
}

// [[points, ...], [label, ...]]
Clouds open_cache(const fs::path& file, size_t classes) {
  const auto pickle = std::make_shared<NumpyPickle>(read_numpy_pickle(FileBytes::map(file)));
  const std::vector<PickledValue>& parts = pickle->root.items;
  if (pickle->root.kind == Kind::dict || parts.size() != 2 ||
      parts[0].items.size() != parts[1].items.size()) {
    fail("{}: expected a list of clouds and a list of as many labels, got {} of {}", file.string(),
         to_string(pickle->root.kind), parts.size());
  }
  std::vector<PickledCloud> clouds;
  for (size_t i = 0; i < parts[0].items.size(); ++i) {
    const std::string where = fmt::format("{}#{}", file.string(), i);
    clouds.push_back(pickled_cloud(where, parts[0].items[i], parts[1].items[i]));
    if (clouds.back().label >= static_cast<int64_t>(classes)) {
      fail("{}: expected a label in [0, {}), got {}", where, classes, clouds.back().label);
    }
  }
  return pickled_clouds(pickle, "", std::move(clouds));
}

}  // namespace

bool is_modelnet(const fs::path& folder) {
  return has(folder / "modelnet40_shape_names.txt") || has(folder / "modelnet10_shape_names.txt");
}

PointSplits open_modelnet(const DatasetSpec& spec) {
  const std::string variant = variant_of(spec, {"modelnet40", "modelnet10"});
  const fs::path names = spec.path / (variant + "_shape_names.txt");
  if (!has(names)) fail("{}: no such file; it has the names of the classes", names.string());
  PointSplits splits{.classes = read_name_list(FileBytes::map(names))};
  const auto open = [&](const char* part) -> Clouds {
    const fs::path cache = spec.path / fmt::format("{}_{}_8192pts_fps.dat", variant, part);
    if (has(cache)) return open_cache(cache, splits.classes.size());
    const fs::path list = spec.path / fmt::format("{}_{}.txt", variant, part);
    return has(list) ? open_list(spec.path, list, splits.classes) : nullptr;
  };
  splits.train = open("train");
  splits.test = open("test");
  if (!splits.train && !splits.test) {
    fail("{}: expected {}_train.txt or {}_test.txt, got none", spec.path.string(), variant, variant);
  }
  return splits;
}

}  // namespace ax
