// Clouds and labels in a Python pickle. Internal to the formats that have them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "adapterx/data/points/point_dataset.h"
#include "adapterx/io/tensors/numpy_pickle.h"

namespace ax {

struct PickledCloud {
  const TensorInfo* xyz = nullptr;  // [points, 3 or more], of floats
  int64_t label = 0;
};

// The members of one place of a pickle, checked: an array of points and a label, a number or an array of one.
// `where`: the file and the place, for errors.
PickledCloud pickled_cloud(const std::string& where, const PickledValue& points, const PickledValue& label);

// Read out of the pickle when asked for, named "file#0" ...
std::shared_ptr<const PointDataset> pickled_clouds(std::shared_ptr<const NumpyPickle> pickle,
                                                   const std::string& part, std::vector<PickledCloud> clouds);

}  // namespace ax
