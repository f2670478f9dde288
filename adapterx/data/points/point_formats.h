// The layouts of labelled point clouds, one function each; point_dataset.h describes them. Internal to
// open_point_splits, which cuts what they give. All throw Error naming file and line, or the sample.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "adapterx/data/points/point_dataset.h"

namespace ax {

PointSplits open_scanobjectnn(const DatasetSpec& spec);
PointSplits open_modelnet(const DatasetSpec& spec);
PointSplits open_fewshot(const DatasetSpec& spec);
PointSplits open_point_npz(const DatasetSpec& spec);
PointSplits open_shape_folder(const DatasetSpec& spec);
PointSplits open_shape_csv(const DatasetSpec& spec);

bool is_scanobjectnn(const std::filesystem::path& folder);
bool is_modelnet(const std::filesystem::path& folder);
bool is_fewshot(const std::filesystem::path& folder);

// Throws Error, with the nearest, where the spec's variant is none of these. The first is the default.
std::string variant_of(const DatasetSpec& spec, const std::vector<std::string>& variants);

struct LabelledCloud {
  PointCloud cloud;
  int32_t label = 0;
  std::string name;
};

// Clouds in memory; null where there are none. Throws Error naming the first with a value that isn't finite.
std::shared_ptr<const PointDataset> clouds_in_memory(std::vector<LabelledCloud> clouds);

// Clouds that lie one after another, of `points` each, in `xyz`, named "file#0" ... Throws Error naming the
// first with a label outside [0, limit) or a value that isn't finite, and where sizes don't fit.
std::vector<LabelledCloud> cut_clouds(const std::string& file, std::span<const float> xyz, int64_t points,
                                      std::span<const int64_t> labels, int64_t limit);

}  // namespace ax
