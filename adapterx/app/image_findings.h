// Findings of a run on images: its worst mistakes, and pictures with the experts of their patches.
#pragma once

#include "adapterx/data/images/image_dataset.h"
#include "adapterx/report/run_data.h"
#include "adapterx/train/adapted_model.h"
#include "adapterx/train/config.h"
#include "adapterx/train/evaluate.h"

namespace ax {

// `images`: those that were evaluated. Adds mistakes and, where the method has experts, routing.
void add_images(const Evaluation& evaluation, const ImageDataset& images, const AdaptedModel& model,
                const TrainConfig& config, Findings& findings);

}  // namespace ax
