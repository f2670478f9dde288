// What a finished run found, for the report: confusion of classes, worst mistakes, and samples as the model
// saw them, with the experts that their patches went to.
#pragma once

#include <filesystem>

#include "adapterx/report/run_data.h"
#include "adapterx/tasks/evaluation.h"
#include "adapterx/train/config.h"
#include "adapterx/train/model_setup.h"

namespace ax {

// `split`: that of the evaluation. `adapter`: the file that was evaluated, over the backbone of `setup`.
// Empty for an evaluation that the report has no pictures of.
Findings findings_of(const Evaluation& evaluation, const DataSplits& data, Split split,
                     const std::filesystem::path& adapter, const ModelSetup& setup,
                     const TrainConfig& config);

}  // namespace ax
