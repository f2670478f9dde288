#include <exception>
#include <utility>

#include "adapterx/base/error.h"
#include "adapterx/base/parallel.h"
#include "adapterx/data/labelled_files.h"
#include "adapterx/data/points/load_cloud.h"
#include "adapterx/data/points/point_formats.h"
#include "adapterx/io/shapes/shape_file.h"

namespace ax {
namespace {

constexpr FileKind kShapes = {"shapes", ".obj, .off, .ply, .stl, .wrl, .xyz, .txt, .pts, .pcd, .npy",
                              is_shape_file};
constexpr size_t kErrorsKept = 5;

struct Loaded {
  PointCloud cloud;
  std::string error;  // "": none
};

std::vector<Loaded> load_all(const std::vector<LabelledFile>& files, int64_t points) {
  std::vector<Loaded> loaded(files.size());
  parallel_ranges(std::ssize(files), 1, [&](int64_t begin, int64_t end, int) {
    for (auto i = static_cast<size_t>(begin); i < static_cast<size_t>(end); ++i) {
      try {
        loaded[i].cloud = load_cloud(files[i].path, points);
      } catch (const Error& error) {
        loaded[i].error = error.what();
      } catch (const std::exception& error) {
        loaded[i].error = fmt::format("{}: {}", files[i].path, error.what());
      }
    }
  });
  return loaded;
}

void check_sample_points(const DatasetSpec& spec) {
  constexpr int64_t kMost = 1 << 24;
  if (spec.sample_points < 1 || spec.sample_points > kMost) {
    fail("{}: expected 1 to {} sampled points, got {}", spec.path.string(), kMost, spec.sample_points);
  }
}

std::vector<LabelledCloud> readable(const std::vector<LabelledFile>& files, int64_t points,
                                    SkippedFiles& skipped) {
  std::vector<Loaded> loaded = load_all(files, points);
  std::vector<LabelledCloud> clouds;
  for (size_t i = 0; i < files.size(); ++i) {
    if (loaded[i].error.empty()) {
      clouds.push_back({std::move(loaded[i].cloud), files[i].label, files[i].path});
      continue;
    }
    ++skipped.count;
    if (skipped.errors.size() < kErrorsKept) skipped.errors.push_back(std::move(loaded[i].error));
  }
  return clouds;
}

void check_all_classes(const DatasetSpec& spec, const std::vector<std::string>& classes,
                       const std::vector<LabelledCloud>& clouds, const SkippedFiles& skipped) {
  std::vector<bool> has(classes.size());
  for (const LabelledCloud& cloud : clouds) has[static_cast<size_t>(cloud.label)] = true;
  for (size_t c = 0; c < classes.size(); ++c) {
    if (has[c]) continue;
    fail("{}: expected shapes of class `{}` that can be read, got none; {} files were passed over, first {}",
         spec.path.string(), classes[c], skipped.count, skipped.errors[0]);
  }
}

}  // namespace

PointSplits open_shape_folder(const DatasetSpec& spec) {
  check_sample_points(spec);
  FileSplits files = labelled_folder(spec.path, kShapes);
  PointSplits splits{.classes = std::move(files.classes)};
  const auto open = [&](const std::vector<LabelledFile>& part) {
    if (part.empty()) return std::shared_ptr<const PointDataset>();
    std::vector<LabelledCloud> clouds = readable(part, spec.sample_points, splits.skipped);
    check_all_classes(spec, splits.classes, clouds, splits.skipped);
    return clouds_in_memory(std::move(clouds));
  };
  splits.train = open(files.train);
  splits.val = open(files.val);
  splits.test = open(files.test);
  return splits;
}

PointSplits open_shape_csv(const DatasetSpec& spec) {
  check_sample_points(spec);
  FileSplits files = labelled_csv(spec.path, kShapes);
  PointSplits splits{.classes = std::move(files.classes)};
  const auto open = [&](const std::vector<LabelledFile>& part) {
    std::vector<LabelledCloud> clouds = readable(part, spec.sample_points, splits.skipped);
    if (splits.skipped.count > 0) fail("{}: {}", spec.path.string(), splits.skipped.errors[0]);
    return clouds_in_memory(std::move(clouds));
  };
  splits.train = open(files.train);
  splits.val = open(files.val);
  splits.test = open(files.test);
  return splits;
}

}  // namespace ax
