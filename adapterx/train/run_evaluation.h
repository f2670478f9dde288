// Evaluations within a run, of the values that it trains as they stand: on the samples that choose the best
// epoch, and on the test samples at the end.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapterx/train/evaluate.h"
#include "adapterx/train/observation.h"
#include "adapterx/train/sample_features.h"
#include "adapterx/train/setup.h"
#include "adapterx/train/training_steps.h"

namespace ax {

class RunEvaluation {
 public:
  // Keeps references to config and setup.
  RunEvaluation(const TrainConfig& config, const TrainingSetup& setup, const TrainingSteps& steps);

  // Whether there are samples that choose the best epoch: those for validation or, with select = test-best,
  // for test.
  bool chooses() const { return loader_ != nullptr; }
  const SampleSource* samples() const { return samples_.get(); }  // these; null where there are none
  int64_t batch() const { return batch_; }
  // `on_batch` as of evaluate().
  EvaluationPtr choose(const std::function<bool(int64_t)>& on_batch);
  // What the method observes on some of these samples (train/observation.h).
  std::vector<ObservedCounts> observe();

  // From here on the samples that choose are these features of theirs: of a run whose head alone is trained.
  void choose_by(std::shared_ptr<const SampleFeatures> features, const LinearHead& head,
                 const TrainingSteps& steps);
  // What the model gives of all samples of a split, as they are evaluated; absent: on_batch said to stop.
  std::optional<SampleFeatures> features(Split split, const std::function<bool(int64_t)>& on_batch);

  EvaluationPtr test(Split split, const std::function<bool(int64_t)>& on_batch);

 private:
  std::unique_ptr<Loader> loader_of(Split split) const;  // all samples once, nothing cached
  EvaluationPtr evaluate_on(Split split, Session& session, std::string_view input, Loader& loader,
                            const std::function<bool(int64_t)>& on_batch) const;

  const TrainConfig& config_;
  const TrainingSetup& setup_;
  int64_t batch_ = 0;
  std::unique_ptr<Session> session_;
  std::unique_ptr<Session> head_session_;  // on features; null: choose() runs the whole model
  std::shared_ptr<const SampleSource> samples_;
  std::unique_ptr<Loader> loader_;
  std::optional<Observation> observation_;
};

// That which evaluations within the run are on, where it has samples.
Split choosing_split(const TrainConfig& config);

}  // namespace ax
