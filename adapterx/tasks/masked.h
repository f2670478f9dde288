// Masked pretraining: most patches of an image, or groups of a cloud, are hidden, and the model learns to
// draw them (models/vit/mae.h, models/points/point_mae.h). It needs no labels and leaves a backbone.
#pragma once

#include "adapterx/tasks/task.h"

namespace ax {

// Outputs: "features" [B, d_f], of what was seen.
TaskPtr masked_pretraining(const MaskedOptions& options);
TaskPtr make_masked_pretraining(const TaskSettings& settings, const DataSplits& data);

}  // namespace ax
