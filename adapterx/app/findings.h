// What a finished run found, for the report: confusion of classes, worst mistakes, and the experts that
// patches of some images or clouds went to.
#pragma once

#include "adapterx/report/run_data.h"
#include "adapterx/train/config.h"
#include "adapterx/train/data_splits.h"
#include "adapterx/train/evaluate.h"

namespace ax {

// `split`: that of the evaluation. `adapter`: the file that was evaluated, over the config's weights.
Findings findings_of(const Evaluation& evaluation, const DataSplits& data, Split split,
                     const std::string& adapter, const TrainConfig& config);

}  // namespace ax
