// Findings of a run on point clouds: its worst mistakes, and clouds to turn with the experts of their
// patches.
#pragma once

#include "adapterx/data/sample_source.h"
#include "adapterx/report/run_data.h"
#include "adapterx/train/adapted_model.h"
#include "adapterx/train/config.h"
#include "adapterx/train/evaluate.h"

namespace ax {

// `clouds`: the model's inputs [points, 3] that were evaluated. Adds mistakes and clouds.
void add_clouds(const Evaluation& evaluation, const SampleSource& clouds, const AdaptedModel& model,
                const TrainConfig& config, Findings& findings);

}  // namespace ax
