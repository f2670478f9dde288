// Folds of few-shot ModelNet40, as Point-BERT handed them on: {"train": [(points, label, number), ...],
// "test": [...]}.
#include <algorithm>
#include <utility>

#include "adapterx/base/error.h"
#include "adapterx/data/labelled_files.h"
#include "adapterx/data/points/point_formats.h"
#include "adapterx/data/points/point_pickles.h"

namespace ax {
namespace {

namespace fs = std::filesystem;
using Kind = PickledValue::Kind;

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

// "5way10shot", "5way_10shot": ways and shots, or nothing.
std::string setting_of(const std::string& folder) {
  const size_t way = folder.find("way");
  if (way == folder.npos || !folder.ends_with("shot")) return "";
  const std::string ways = folder.substr(0, way);
  std::string shots = folder.substr(way + 3, folder.size() - way - 7);
  if (shots.starts_with('_')) shots.erase(0, 1);
  return is_number(ways) && is_number(shots) ? fmt::format("{}way{}shot", ways, shots) : "";
}

// The fold's file; variant "5way10shot/3".
fs::path fold_file(const DatasetSpec& spec) {
  std::error_code error;
  if (!fs::is_directory(spec.path, error)) return spec.path;
  const size_t slash = spec.variant.find('/');
  const std::string setting = slash == spec.variant.npos ? "" : setting_of(spec.variant.substr(0, slash));
  if (setting.empty() || !is_number(std::string_view(spec.variant).substr(slash + 1))) {
    fail("{}: variant `{}`: expected the setting and fold to take, as 5way10shot/0", spec.path.string(),
         spec.variant);
  }
  const std::string fold = spec.variant.substr(slash + 1) + ".pkl";
  for (const auto& entry : fs::directory_iterator(spec.path, error)) {
    if (setting_of(entry.path().filename().string()) != setting) continue;
    if (fs::is_regular_file(entry.path() / fold, error)) return entry.path() / fold;
  }
  fail("{}: expected {}/{} in it, got none", spec.path.string(), setting, fold);
}

std::vector<PickledCloud> clouds_of(const NumpyPickle& pickle, std::string_view key) {
  const std::string where = fmt::format("{}[\"{}\"]", pickle.file.name(), key);
  const PickledValue* part = pickle.root.find(key);
  if (part == nullptr || (part->kind != Kind::list && part->kind != Kind::tuple)) {
    fail("{}: expected a list of clouds, got {}", where, part != nullptr ? to_string(part->kind) : "none");
  }
  std::vector<PickledCloud> clouds;
  for (size_t i = 0; i < part->items.size(); ++i) {
    const std::string place = fmt::format("{}[{}]", where, i);
    const PickledValue& item = part->items[i];
    if ((item.kind != Kind::tuple && item.kind != Kind::list) || item.items.size() < 2) {
      fail("{}: expected (points, label, ...), got {}", place, to_string(item.kind));
    }
    clouds.push_back(pickled_cloud(place, item.items[0], item.items[1]));
  }
  return clouds;
}

}  // namespace

bool is_fewshot(const fs::path& folder) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (!setting_of(entry.path().filename().string()).empty()) return true;
  }
  return false;
}

PointSplits open_fewshot(const DatasetSpec& spec) {
  const fs::path file = fold_file(spec);
  const auto pickle = std::make_shared<NumpyPickle>(read_numpy_pickle(FileBytes::map(file)));
  std::vector<PickledCloud> train = clouds_of(*pickle, "train"), test = clouds_of(*pickle, "test");
  int64_t largest = 0;
  for (const auto* part : {&train, &test}) {
    for (const PickledCloud& cloud : *part) largest = std::max(largest, cloud.label);
  }
  PointSplits splits;
  splits.classes = numbered_classes(file.parent_path(), static_cast<int32_t>(largest + 1), file.string());
  splits.train = pickled_clouds(pickle, "[\"train\"]", std::move(train));
  splits.test = pickled_clouds(pickle, "[\"test\"]", std::move(test));
  return splits;
}

}  // namespace ax
