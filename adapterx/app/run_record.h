// A training run in the terms of its run folder.
#pragma once

#include "adapterx/report/run_data.h"
#include "adapterx/train/trainer.h"

namespace ax {

RunFacts run_facts(const TrainingStart& start);                  // of a run that begins
void add_result(const TrainingResult& result, RunFacts& facts);  // of one that is finished
EpochRecord epoch_record(const EpochResult& epoch);

}  // namespace ax
