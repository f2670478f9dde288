#include "adapterx/app/training_plan.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>

#include "adapterx/base/cpu.h"
#include "adapterx/base/parallel.h"
#include "adapterx/train/run_evaluation.h"
#include "adapterx/train/training_steps.h"

namespace ax {
namespace {

using Clock = std::chrono::steady_clock;
using OnBatch = std::function<bool(int64_t)>;

double seconds_between(Clock::time_point a, Clock::time_point b) {
  return std::chrono::duration<double>(b - a).count();
}

template <class Work>
double seconds_of(const Work& work) {
  const auto start = Clock::now();
  work();
  return seconds_between(start, Clock::now());
}

// The mean of an evaluation's first batches: from its beginning, so that the samples of each are decoded
// within the time, and not only fetched from what the loader has made ahead.
double seconds_of_batch(const std::function<void(const OnBatch&)>& evaluate) {
  constexpr int64_t kBatches = 3;
  int64_t batches = 0;
  double seconds = 0;
  const auto start = Clock::now();
  evaluate([&](int64_t) {
    seconds = seconds_between(start, Clock::now());
    return ++batches < kBatches;
  });
  return seconds / static_cast<double>(batches);
}

// As large as the features of the samples, which are not computed.
std::shared_ptr<const SampleFeatures> stand_ins(const Dataset& samples, int64_t width) {
  auto features = std::make_shared<SampleFeatures>();
  features->width = width;
  features->values.resize(static_cast<size_t>(samples.size() * width));
  for (int64_t i = 0; i < samples.size(); ++i) features->labels.push_back(samples.label(i));
  return features;
}

// What a source will keep of the samples it has not been asked for yet, if they are as large as the others.
size_t bytes_to_come(const SampleSource& source) {
  const KeptSamples kept = source.kept();
  if (kept.samples == 0) return 0;
  const double all = static_cast<double>(kept.bytes) / static_cast<double>(kept.samples) *
                     static_cast<double>(source.dataset().size());
  return std::min(static_cast<size_t>(all), kept.budget) - kept.bytes;
}

class Planner {
 public:
  explicit Planner(const TrainConfig& config)
      : config_(config), begin_(Clock::now()), setup_(open_training(config)), steps_(config_, setup_) {
    if (setup_.task->evaluates()) evaluation_.emplace(config_, setup_, steps_);
  }

  TrainingPlan plan() {
    plan_.opening_seconds = seconds_between(begin_, Clock::now());
    plan_.parts = trained_parts(steps_.trained().entries(), *setup_.model);
    plan_.epochs = config_.train.epochs;
    plan_.batch = training_loader(config_, setup_).batch;
    plan_.batches = steps_.batches();
    plan_.steps = steps_.steps_of(plan_.batches);
    count_tokens();
    plan_.feature_use = feature_use(config_, setup_, steps_);
    if (plan_.feature_use.fits_head || plan_.feature_use.kept) time_features();
    if (plan_.feature_use.kept) keep_features();
    time_steps();
    if (evaluation_) time_evaluations();
    plan_.measured_bytes = peak_rss_bytes();
    plan_.cache_bytes = bytes_to_come(steps_.samples());
    if (evaluation_ && evaluation_->samples() && !plan_.feature_use.kept)
      plan_.cache_bytes += bytes_to_come(*evaluation_->samples());
    if (plan_.test.batches > 0) plan_.adapter_bytes = steps_.trained().values().size_bytes();
    evaluation_.reset();
    plan_.setup = std::move(setup_);
    return std::move(plan_);
  }

 private:
  void count_tokens() {
    Graph graph;
    const auto adaptation = setup_.method->adapt();
    const BuiltBackbone built = setup_.model->build(graph, {}, *adaptation);
    plan_.patches = built.features.patches;
    plan_.tokens = built.features.tokens.shape()[1];
  }

  void time_features() {
    plan_.features = planned(Split::train);
    plan_.features.batch_seconds =
        seconds_of_batch([&](const OnBatch& on_batch) { evaluation_->features(Split::train, on_batch); });
    if (plan_.feature_use.kept) return;
    const int64_t numbers = setup_.data.size(Split::train) * steps_.feature_width();
    plan_.feature_bytes = static_cast<size_t>(numbers) * sizeof(float);
  }

  void keep_features() {
    const int64_t width = steps_.feature_width();
    if (evaluation_->chooses()) {
      const Split split = choosing_split(config_);
      plan_.features.samples += planned(split).samples;
      plan_.features.batches += planned(split).batches;
      evaluation_->choose_by(stand_ins(*setup_.data.of(split), width), *steps_.linear_head(), steps_);
    }
    steps_.train_on(stand_ins(*setup_.data.train, width));
  }

  void time_steps() {
    TrainState state;
    steps_.begin_training(state);
    steps_.begin_epoch(state);
    step(state);  // the first finds no batch ready and no page of memory touched
    const int64_t passes = state.passes;
    const double seconds = seconds_of([&] { step(state), step(state); });
    plan_.batch_seconds = seconds / static_cast<double>(state.passes - passes);
  }

  void step(TrainState& state) {
    if (state.batch == steps_.batches()) {
      state.batch = 0;
      ++state.epoch;
      steps_.begin_epoch(state);
    }
    steps_.step(state);
  }

  void time_evaluations() {
    const int64_t every = config_.train.eval_every, epochs = config_.train.epochs;
    if (evaluation_->chooses()) {
      plan_.evaluations = (epochs + every - 1) / every;
      plan_.choosing = planned(choosing_split(config_));
      plan_.choosing.batch_seconds =
          seconds_of_batch([&](const OnBatch& on_batch) { evaluation_->choose(on_batch); });
      plan_.observation_seconds = seconds_of([&] { evaluation_->observe(); });
    }
    const Split split = setup_.data.test ? Split::test : Split::val;
    if (setup_.data.size(split) == 0) return;
    plan_.test = planned(split);
    plan_.test.batch_seconds =
        seconds_of_batch([&](const OnBatch& on_batch) { evaluation_->test(split, on_batch); });
  }

  PlannedEvaluation planned(Split split) const {
    const int64_t samples = setup_.data.size(split), batch = evaluation_->batch();
    return {split, samples, (samples + batch - 1) / batch, 0};
  }

  const TrainConfig config_;
  Clock::time_point begin_;
  TrainingSetup setup_;
  TrainingSteps steps_;
  std::optional<RunEvaluation> evaluation_;  // none of a task that is trained alone
  TrainingPlan plan_;
};

}  // namespace

double TrainingPlan::epoch_seconds() const {
  return static_cast<double>(batches) * batch_seconds + choosing.seconds() + observation_seconds;
}

double TrainingPlan::run_seconds() const {
  return opening_seconds + features.seconds() + static_cast<double>(epochs * batches) * batch_seconds +
         static_cast<double>(evaluations) * (choosing.seconds() + observation_seconds) + test.seconds();
}

TrainingPlan plan_training(const TrainConfig& config) {
  const ThreadCount threads(config.train.threads > 0 ? static_cast<int>(config.train.threads)
                                                     : thread_count());
  return Planner(config).plan();
}

}  // namespace ax
