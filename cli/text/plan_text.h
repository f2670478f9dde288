// What `--dry-run` says of a training.
#pragma once

#include <string>

#include "adapterx/app/training_plan.h"

namespace ax::cli {

// Several lines; tables fit the width.
std::string plan_text(const TrainConfig& config, const TrainingPlan& plan, size_t width);

}  // namespace ax::cli
