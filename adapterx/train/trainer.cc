#include "adapterx/train/trainer.h"

#include <algorithm>
#include <chrono>

#include "adapterx/base/cpu.h"
#include "adapterx/base/error.h"
#include "adapterx/base/parallel.h"
#include "adapterx/train/adapter_file.h"
#include "adapterx/train/checkpoint.h"
#include "adapterx/train/feature_use.h"
#include "adapterx/train/head_start.h"
#include "adapterx/train/moving_average.h"
#include "adapterx/train/run_evaluation.h"
#include "adapterx/train/stream_scale.h"
#include "adapterx/train/training_steps.h"

namespace ax {
namespace {

namespace fs = std::filesystem;
constexpr const char* kAdapterFile = "adapter.safetensors";
constexpr const char* kCheckpointFile = "last/checkpoint.safetensors";

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point t) { return std::chrono::duration<double>(Clock::now() - t).count(); }

TrainingResult interrupted() {
  TrainingResult result;
  result.interrupted = true;
  return result;
}

class Trainer {
 public:
  Trainer(const TrainConfig& config, TrainingObserver& observer, const std::atomic<bool>& stop)
      : config_(config),
        t_(config_.train),
        observer_(observer),
        stop_(stop),
        out_(t_.out),
        setup_(open_training(config)),
        steps_(config_, setup_),
        trained_(steps_.trained()),
        parts_(trained_parts(trained_.entries(), *setup_.model)) {
    if (setup_.task->evaluates()) evaluation_.emplace(config_, setup_, steps_);
    fill_adapter_info();
  }

  TrainingResult run(bool resume) {
    if (!begin(resume)) return interrupted();
    while (!is_over()) {
      if (!train_epoch() || !end_epoch()) {
        save();
        return interrupted();
      }
    }
    return finish();
  }

 private:
  void fill_adapter_info() {
    info_.method = config_.method.name;
    info_.settings = resolved_settings(config_.method.name, config_.method.pairs());
    info_.model = setup_.model;
    info_.input = setup_.input;
    info_.classes = setup_.task->classes();
    if (setup_.task->makes_backbone()) return;
    const bool whole = std::ranges::all_of(setup_.model->parameters().all(),
                                           [&](const auto& p) { return trained_.find(p.first) != nullptr; });
    if (!whole) info_.backbone = setup_.backbone;
  }

  // False: stopped before the first step.
  bool begin(bool resume) {
    const bool goes_on = resume && fs::exists(out_ / kCheckpointFile);
    FeatureUse use = feature_use(config_, setup_, steps_);
    if (goes_on) {
      state_ =
          load_checkpoint(out_ / kCheckpointFile, config_, trained_, steps_.optimizer(), setup_.backbone);
      check_place();
      use.fits_head = false;
    }
    const auto samples = [&](Split split) { return setup_.data.size(split); };
    observer_.on_start({config_, setup_, parts_, t_.epochs, steps_.batches(), samples(Split::train),
                        samples(Split::val), samples(Split::test), state_.epoch, state_.batch});
    make_folder(out_ / "last");
    make_folder(out_ / "best");
    last_save_ = Clock::now();
    if (is_over()) return true;
    observer_.on_note(use.note);
    if (!goes_on) measure_stream_scales(config_, setup_, steps_);
    if ((use.fits_head || use.kept) && !compute_features(use)) return false;
    if (!goes_on) steps_.begin_training(state_);
    if (use.fits_head) save();  // features of many samples take their time
    return true;
  }

  bool is_over() const { return state_.epoch >= t_.epochs || state_.stopped; }

  // False: stopped meanwhile.
  bool compute_features(const FeatureUse& use) {
    const auto start = Clock::now();
    const SharedFeatures train = features_of(Split::train);
    if (!train) return false;
    if (use.fits_head) {
      HeadStart head = fit_head(*train, *steps_.linear_head(), t_.seed, trained_);
      head.seconds = seconds_since(start);
      observer_.on_head_start(head);
    }
    if (use.kept && evaluation_->chooses()) {
      const SharedFeatures choosing = features_of(choosing_split(config_));
      if (!choosing) return false;
      evaluation_->choose_by(choosing, *steps_.linear_head(), steps_);
    }
    if (use.kept) steps_.train_on(train);
    state_.seconds += seconds_since(start);
    return true;
  }

  using SharedFeatures = std::shared_ptr<const SampleFeatures>;
  // Null: stopped meanwhile.
  SharedFeatures features_of(Split split) {
    auto features = evaluation_->features(split, watch(split));
    if (!features || stop_) return nullptr;
    return std::make_shared<const SampleFeatures>(std::move(*features));
  }

  // Each batch is a pass, each `accumulate` of them or an epoch's rest a step.
  void check_place() const {
    const int64_t batches = steps_.batches(), passes = state_.epoch * batches + state_.batch,
                  steps = state_.epoch * steps_.steps_of(batches) + steps_.steps_of(state_.batch);
    if (state_.batch <= batches && state_.passes == passes && state_.steps == steps) return;
    fail(
        "{}: before batch {} of epoch {} with {} batches each: expected {} batches and {} steps done, got "
        "{} and {}; the training data have changed since, or the file is damaged",
        (out_ / kCheckpointFile).string(), state_.batch + 1, state_.epoch + 1, batches, passes, steps,
        state_.passes, state_.steps);
  }

  static void make_folder(const fs::path& path) {
    std::error_code error;
    fs::create_directories(path, error);
    if (error) fail("{}: cannot create: {}", path.string(), error.message());
  }

  void save() {
    save_checkpoint(out_ / kCheckpointFile, config_, state_, trained_, steps_.optimizer(), setup_.backbone);
    last_save_ = Clock::now();
  }

  // The rest of an epoch; false: stopped within it.
  bool train_epoch() {
    steps_.begin_epoch(state_);
    while (state_.batch < steps_.batches()) {
      if (stop_) return false;
      const auto start = Clock::now();
      const double loss = steps_.step(state_);
      observer_.on_step({state_.epoch, state_.batch, loss, state_.last_lr});
      state_.sums.seconds += seconds_since(start);
      state_.seconds += seconds_since(start);
      if (seconds_since(last_save_) > 60 * t_.checkpoint_minutes) save();
    }
    return true;
  }

  // Evaluates, saves and tells; false: stopped meanwhile, the evaluation is to be made anew.
  bool end_epoch() {
    EpochResult result;
    result.record = epoch_record();
    EvaluationPtr evaluation;
    {
      const AverageInPlace averaged(trained_, state_.average);
      if (is_due() && evaluation_ && evaluation_->chooses()) {
        evaluation = evaluation_->choose(watch(choosing_split(config_)));
        if (stop_) return false;
        state_.seconds += evaluation->seconds;
        note_evaluation(*evaluation, result);
        result.observed = evaluation_->observe();
      }
      result.best = t_.select == Select::last ? is_last() : result.best;
      if (result.best) save_adapter_file("best");
      save_adapter_file("last");
    }
    result.record.peak_rss_mb = static_cast<double>(peak_rss_bytes()) / 1e6;
    observer_.on_epoch(result, evaluation.get());
    ++state_.epoch;
    state_.batch = 0;
    state_.sums = {};
    save();
    return true;
  }

  bool is_last() const { return state_.epoch + 1 == t_.epochs; }
  bool is_due() const { return (state_.epoch + 1) % t_.eval_every == 0 || is_last(); }

  std::function<bool(int64_t)> watch(Split split) {
    return [this, split, samples = setup_.data.size(split)](int64_t done) {
      observer_.on_evaluation(to_string(split), done, samples);
      return !stop_;
    };
  }

  EpochRecord epoch_record() const {
    const EpochSums& sums = state_.sums;
    const auto images = static_cast<double>(sums.images);
    EpochRecord r;
    r.epoch = state_.epoch + 1;
    r.lr = state_.last_lr;
    r.train_loss = sums.loss / images;
    if (steps_.has_penalty()) r.penalty = sums.penalty / images;
    r.train_accuracy = static_cast<double>(sums.correct) / images;
    r.gradient_norm = sums.gradient_norm / static_cast<double>(sums.steps);
    r.seconds = sums.seconds;
    r.images_per_s = images / sums.seconds;
    return r;
  }

  void note_evaluation(const Evaluation& evaluation, EpochResult& result) {
    result.record.val_loss = evaluation.loss;
    result.record.val_accuracy = evaluation.score();
    result.best = evaluation.score() > state_.best_accuracy;  // of equals, the earlier
    if (result.best) {
      state_.best_accuracy = evaluation.score();
      state_.best_epoch = state_.epoch;
      state_.stale = 0;
    } else {
      ++state_.stale;
    }
    state_.stopped = t_.patience > 0 && state_.stale >= t_.patience;
  }

  void save_adapter_file(const char* folder) {
    info_.training = {{"epoch", static_cast<double>(state_.epoch + 1)},
                      {"epochs", static_cast<double>(t_.epochs)},
                      {"steps", static_cast<double>(state_.steps)},
                      {"seed", static_cast<double>(t_.seed)}};
    save_adapter(out_ / folder / kAdapterFile, info_, trained_, trained_.values());
  }

  // Tests what is in best/.
  TrainingResult finish() {
    const AdapterFile best = open_adapter(out_ / "best" / kAdapterFile);
    load_values(best, trained_, trained_.values());
    TrainingResult result;
    const Split split = setup_.data.test ? Split::test : Split::val;
    if (evaluation_ && setup_.data.size(split) > 0) {
      result.tested_on = to_string(split);
      result.test = evaluation_->test(split, watch(split));
      if (stop_) return interrupted();
    }
    result.stopped_early = state_.stopped;
    result.epochs = state_.epoch;
    result.best_epoch = t_.select == Select::last ? state_.epoch - 1 : state_.best_epoch;
    result.best_val_accuracy = state_.best_accuracy;
    result.parts = parts_;
    result.seconds = state_.seconds;
    result.peak_rss_mb = static_cast<double>(peak_rss_bytes()) / 1e6;
    result.adapter_bytes = static_cast<int64_t>(best.bytes);
    return result;
  }

  const TrainConfig config_;
  const OptimConfig& t_;
  TrainingObserver& observer_;
  const std::atomic<bool>& stop_;
  const fs::path out_;
  TrainingSetup setup_;
  TrainingSteps steps_;
  TrainedParameters& trained_;
  std::optional<RunEvaluation> evaluation_;  // none of a task that is trained alone
  const TrainedParts parts_;
  AdapterInfo info_;
  TrainState state_;
  Clock::time_point last_save_;
};

}  // namespace

TrainingResult train(const TrainConfig& config, TrainingObserver& observer, const std::atomic<bool>& stop,
                     bool resume) {
  const ThreadCount threads(config.train.threads > 0 ? static_cast<int>(config.train.threads)
                                                     : thread_count());
  return Trainer(config, observer, stop).run(resume);
}

}  // namespace ax
