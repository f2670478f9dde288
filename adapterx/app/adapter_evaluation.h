// An adapter's accuracy on a split of a data set.
#pragma once

#include "adapterx/train/adapted_model.h"
#include "adapterx/train/data_splits.h"
#include "adapterx/train/evaluate.h"

namespace ax {

struct EvaluationOptions {
  DataConfig data;  // of point clouds, sample_points is the adapter's
  Split split = Split::test;
  int64_t batch = 64;
  // Above 0: the mean logits of so many random choices of a cloud's points, scaled and shifted, as some
  // papers report. vote_seed keys the choices.
  int64_t votes = 0;
  uint64_t vote_seed = 0;
  CompileOptions compile;
};

class EvaluationObserver {
 public:
  virtual ~EvaluationObserver() = default;
  virtual void on_data(const DataSplits&) {}  // opened, before they are compared with the adapter's classes
  virtual void on_begin(std::string_view /*noun*/, int64_t /*total*/) {}  // samples, of all votes together
  virtual void on_samples(int64_t /*done*/) {}
};

// Whether the model is shown random choices, so that votes of them mean something: of point clouds.
bool can_vote(const AdaptedModel& model);

// Throws Error where the adapter has no classes or the data others (data whose classes are numbers alone need
// as many), where they have no such split, and on votes of a model that can't.
Evaluation evaluate_adapter(const AdaptedModel& model, const EvaluationOptions& options,
                            EvaluationObserver& observer);

}  // namespace ax
