// Parts of findings: which samples are shown, and the experts their tokens went to.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "adapterx/data/sample_source.h"
#include "adapterx/report/run_data.h"
#include "adapterx/tasks/class_evaluation.h"
#include "adapterx/train/adapted_model.h"
#include "adapterx/train/config.h"

namespace ax {

// Without a picture.
ShownSample shown_sample(const ClassEvaluation& evaluation, const Dataset& samples, int64_t i);

// Indices of the wrong predictions, the most confident first, and of the first right one of each class.
std::vector<int64_t> worst_mistakes(const ClassEvaluation& evaluation, size_t most);
std::vector<int64_t> right_ones(const ClassEvaluation& evaluation, size_t most);
// Indices of the first sample of each class, whatever was predicted.
std::vector<int64_t> first_ones(const ClassEvaluation& evaluation, size_t most);

// For each of `inputs` ([input_size] each, as SampleSource gives them), the experts its tokens went to; empty
// where the method has none.
std::vector<ExpertChoices> expert_choices(const AdaptedModel& model, const TrainConfig& config,
                                          const std::vector<std::vector<float>>& inputs);

}  // namespace ax
