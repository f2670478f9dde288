// What a user, or a data set's protocol, says of preprocessing, over what the weights say.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "adapterx/data/images/preprocess.h"

namespace ax {

// Absent, "" and 0: as the weights have it. The first are of images, the last of point clouds
// (data/points/point_preprocess.h).
struct PreprocessSettings {
  std::string preset;  // none, imagenet, half or clip
  std::optional<Interpolation> interpolation;
  std::optional<Crop> crop;
  double crop_pct = 0;
  std::vector<float> mean, std;  // three numbers each, of values in [0, 1]

  std::optional<bool> unit_sphere;
  int64_t sample_points = 0;

  bool of_images() const {
    return !preset.empty() || interpolation || crop || crop_pct > 0 || !mean.empty() || !std.empty();
  }
};

}  // namespace ax
