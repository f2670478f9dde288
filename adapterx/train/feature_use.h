// What a run does with the features of its samples, which are computed once before its first step.
#pragma once

#include <cstddef>
#include <string>

#include "adapterx/base/cpu.h"
#include "adapterx/train/config.h"
#include "adapterx/train/setup.h"
#include "adapterx/train/training_steps.h"

namespace ax {

struct FeatureUse {
  bool fits_head = false;  // the head starts from the linear probe of those of the training samples
  // Those of training and of the samples that choose the best epoch stand for the samples in every epoch: the
  // backbone does not run again. In memory alone; a resumed run computes them again.
  bool kept = false;
  std::string note;  // for people: what is kept, or why nothing is; ""
};

// Features are kept up to a quarter of `memory`, the machine's in bytes (0: not known, no limit); where there
// are more, the head starts at random and the backbone runs in each epoch. Throws Error where train.head_init
// asks for the probe and can't have it.
FeatureUse feature_use(const TrainConfig& config, const TrainingSetup& setup, const TrainingSteps& steps,
                       size_t memory = memory_bytes());

}  // namespace ax
