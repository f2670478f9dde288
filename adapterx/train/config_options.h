// What the engine's parts are told, out of a training's settings.
#pragma once

#include "adapterx/train/build_session.h"
#include "adapterx/train/config.h"
#include "adapterx/train/optimizer.h"
#include "adapterx/train/schedule.h"
#include "adapterx/train/setup.h"

namespace ax {

OptimizerOptions optimizer_options(const OptimConfig& config);
ScheduleOptions schedule_options(const OptimConfig& config);
// What sessions that train and that evaluate have in common: `training` is off.
SessionSpec session_spec(const TrainConfig& config, const TrainingSetup& setup, int64_t batch);

}  // namespace ax
