// What the engine's parts are told, out of a training's settings.
#pragma once

#include "adapterx/graph/trained_parameters.h"
#include "adapterx/models/masked_options.h"
#include "adapterx/train/config.h"
#include "adapterx/train/optimizer.h"
#include "adapterx/train/schedule.h"

namespace ax {

OptimizerOptions optimizer_options(const OptimConfig& config, const TrainedParameters& trained);
ScheduleOptions schedule_options(const OptimConfig& config);
MaskedOptions masked_options(const PretrainConfig& config);

}  // namespace ax
