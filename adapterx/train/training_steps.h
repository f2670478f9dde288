// The steps of a training: batches through the model and back, the gradients of `accumulate` of them
// averaged, the optimizer, the moving average. What a step changes is a TrainState, the trained values and
// the optimizer's moments: with these restored, the next step is the same bit for bit.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapterx/train/build_session.h"
#include "adapterx/train/checkpoint.h"
#include "adapterx/train/moving_average.h"
#include "adapterx/train/optimizer.h"
#include "adapterx/train/sample_features.h"
#include "adapterx/train/schedule.h"
#include "adapterx/train/setup.h"

namespace ax {

class TrainingSteps {
 public:
  // Keeps references to both.
  TrainingSteps(const TrainConfig& config, const TrainingSetup& setup);

  int64_t batches() const { return batches_; }  // of an epoch
  int64_t steps_of(int64_t batches) const { return (batches + t_.accumulate - 1) / t_.accumulate; }

  // A new training, or an epoch that begins or goes on where `state` says.
  void begin_training(TrainState& state) const;
  void begin_epoch(const TrainState& state) {
    loader_->start(static_cast<uint32_t>(state.epoch), state.batch);
  }
  // Whether the backbone gives of a training sample the same features in each epoch, which the head alone
  // reads: nothing else is trained, nothing is drawn, no sample is augmented.
  bool features_stay() const;
  // Of a model with a linear_head.
  int64_t feature_width() const { return trained_head().shape[1]; }
  // From here on trains on these of the training samples in place of the samples. Begin an epoch next.
  void train_on(std::shared_ptr<const SampleFeatures> features);

  // One step over up to `accumulate` batches; the mean of their losses. Throws Error on a loss or gradient
  // that is not finite, with the step, the tensor and a hint.
  double step(TrainState& state);

  TrainedParameters& trained() { return *built_.trained; }
  const SampleSource& samples() const { return *samples_; }  // as they are trained on
  Optimizer& optimizer() { return *optimizer_; }
  bool has_penalty() const { return built_.has_penalty; }
  const std::optional<LinearHead>& linear_head() const { return built_.linear_head; }

  // For further sessions over the same weights.
  const std::shared_ptr<FrozenWeights>& frozen() const { return frozen_; }
  const std::shared_ptr<TrainedParameters>& shared_trained() const { return built_.trained; }
  const std::vector<BuiltSession::Observed>& observed() const { return built_.observed; }
  const std::vector<BuiltSession::Measured>& measured() const { return built_.measured; }

 private:
  const TrainedParameters::Entry& trained_head() const {
    return *built_.trained->find(built_.linear_head->weight);
  }
  void build();
  void load(const std::shared_ptr<const SampleSource>& samples);
  SessionSpec spec() const;
  double pass(TrainState& state, float gradient_scale);
  std::string place(const TrainState& state) const;

  const TrainConfig& config_;
  const OptimConfig& t_;
  const TrainingSetup& setup_;
  std::shared_ptr<const SampleSource> samples_;
  std::unique_ptr<Loader> loader_;
  int64_t batches_ = 0;
  std::shared_ptr<FrozenWeights> frozen_;
  BuiltSession built_;
  std::string input_;  // the model's
  std::unique_ptr<Optimizer> optimizer_;
  std::optional<Schedule> schedule_;
  MovingAverage average_;
};

}  // namespace ax
