// What a finished run found, for the report: confusion of classes, worst mistakes, and the experts that
// patches of some images went to.
#pragma once

#include "adapterx/data/image_dataset.h"
#include "adapterx/report/run_data.h"
#include "adapterx/train/config.h"
#include "adapterx/train/evaluate.h"

namespace ax::cli {

// `images`: those of the evaluation. `adapter`: the file that was evaluated, over the config's weights.
Findings findings_of(const Evaluation& evaluation, const ImageDataset& images,
                     const std::vector<std::string>& classes, const std::string& adapter,
                     const TrainConfig& config);

}  // namespace ax::cli
