// What findings of images and of clouds share: samples to show, and the experts their tokens went to.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "adapterx/data/sample_source.h"
#include "adapterx/report/run_data.h"
#include "adapterx/train/adapted_model.h"
#include "adapterx/train/config.h"
#include "adapterx/train/evaluate.h"

namespace ax {

// Without a picture.
ShownSample shown_sample(const Evaluation& evaluation, const Dataset& samples, int64_t i);

// Indices of the wrong predictions, the most confident first, and of the first right one of each class.
std::vector<int64_t> worst_mistakes(const Evaluation& evaluation, size_t most);
std::vector<int64_t> right_ones(const Evaluation& evaluation, size_t most);

// For each of `inputs` ([input_size] each, as SampleSource gives them), the experts its tokens went to; empty
// where the method has none.
std::vector<ExpertChoices> expert_choices(const AdaptedModel& model, const TrainConfig& config,
                                          const std::vector<std::vector<float>>& inputs);

}  // namespace ax
