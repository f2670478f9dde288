#include "adapterx/train/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "adapterx/base/cpu.h"
#include "adapterx/base/error.h"
#include "adapterx/base/parallel.h"
#include "adapterx/train/adapter_file.h"
#include "adapterx/train/batch_accuracy.h"
#include "adapterx/train/build_session.h"
#include "adapterx/train/checkpoint.h"
#include "adapterx/train/config_options.h"
#include "adapterx/train/moving_average.h"
#include "adapterx/train/non_finite.h"
#include "adapterx/train/observation.h"

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
        setup_(open_training(config)) {
    build_training();
    build_evaluation();
    optimizer_ = std::make_unique<Optimizer>(trained_, optimizer_options(t_, *trained_));
    schedule_.emplace(schedule_options(t_), (batches_ + t_.accumulate - 1) / t_.accumulate);
    average_.emplace(t_.ema);
    fill_adapter_info();
  }

  TrainingResult run(bool resume) {
    begin(resume);
    while (state_.epoch < t_.epochs && !state_.stopped) {
      if (!train_epoch() || !end_epoch()) {
        save();
        return interrupted();
      }
    }
    return finish();
  }

 private:
  SessionSpec spec(bool training, int64_t batch) const {
    SessionSpec s;
    s.model = setup_.model;
    s.batch = batch;
    s.training = training;
    s.from_scratch = !setup_.source;
    s.drop_path = static_cast<float>(t_.drop_path);
    s.label_smoothing = static_cast<float>(t_.label_smoothing);
    s.target_rows = training && target_rows_;
    s.heads = heads_;
    if (config_.pretrain.masked()) s.masked = masked_options(config_.pretrain);
    s.options.precision = parse_precision(t_.precision);
    return s;
  }

  void build_training() {
    const LoaderOptions options = training_loader(config_, setup_);
    const auto samples = training_samples(config_, setup_);
    target_rows_ = has_target_rows(*samples);
    for (const Head& head : heads_of(setup_.data)) heads_.push_back(head.classes);
    loader_ = std::make_unique<Loader>(samples, class_count(), options);
    batches_ = loader_->batches();
    if (setup_.source) frozen_ = std::make_shared<FrozenWeights>(setup_.source, t_.seed);
    BuiltSession built =
        build_session(spec(true, options.batch), *setup_.method, frozen_, setup_.source, t_.seed);
    trained_ = std::move(built.trained);
    training_ = std::move(built.session);
    has_penalty_ = built.has_penalty;
    observed_ = std::move(built.observed);
    parts_ = trained_parts(trained_->entries(), setup_.model);
    input_ = input_name(setup_.model);
  }

  void build_evaluation() {
    if (config_.pretrain.masked() || !heads_.empty()) return;
    eval_batch_ = t_.eval_batch > 0 ? t_.eval_batch : t_.batch;
    evaluation_ =
        build_session(spec(false, eval_batch_), *setup_.method, frozen_, setup_.source, t_.seed, trained_)
            .session;
    if (dataset_of(setup_.data, selection_split())) {
      const LoaderOptions options = evaluation_loader(config_, eval_batch_);
      const auto samples = evaluation_samples(config_, setup_, selection_split(), true);
      selection_ = std::make_unique<Loader>(samples, class_count(), options);
      observation_.emplace(spec(false, 1), *setup_.method, frozen_, setup_.source, trained_, samples, options,
                           observed_);
    }
    if (frozen_) frozen_->release_staging();
  }

  // That which evaluations within the run are on, where it has samples.
  Split selection_split() const { return t_.select == "test-best" ? Split::test : Split::val; }
  int64_t class_count() const { return std::ssize(class_names(setup_.data)); }
  int64_t size_of(Split split) const {
    const auto samples = dataset_of(setup_.data, split);
    return samples ? samples->size() : 0;
  }

  void fill_adapter_info() {
    info_.method = config_.method.name;
    info_.settings = resolved_settings(config_.method.name, config_.method.pairs());
    info_.model = config_.pretrain.masked() ? with_classes(setup_.model, 0) : setup_.model;
    info_.preprocess = setup_.preprocess;
    if (!config_.pretrain.masked()) info_.classes = class_names(setup_.data);
    const bool whole = std::ranges::all_of(backbone_parameters(setup_.model),
                                           [&](const auto& p) { return trained_->find(p.first) != nullptr; });
    if (!whole) info_.backbone = setup_.backbone;
  }

  void begin(bool resume) {
    if (resume && fs::exists(out_ / kCheckpointFile)) {
      state_ = load_checkpoint(out_ / kCheckpointFile, config_, *trained_, *optimizer_, setup_.backbone);
      check_place();
    } else if (average_->on()) {
      state_.average.assign(trained_->values().begin(), trained_->values().end());
    }
    observer_.on_start({config_, setup_, parts_, t_.epochs, batches_, size_of(Split::train),
                        size_of(Split::val), size_of(Split::test), state_.epoch, state_.batch});
    make_folder(out_ / "last");
    make_folder(out_ / "best");
    last_save_ = Clock::now();
  }

  // Each batch is a pass, each `accumulate` of them or an epoch's rest a step.
  void check_place() const {
    const auto steps_of = [&](int64_t batches) { return (batches + t_.accumulate - 1) / t_.accumulate; };
    const int64_t passes = state_.epoch * batches_ + state_.batch,
                  steps = state_.epoch * steps_of(batches_) + steps_of(state_.batch);
    if (state_.batch <= batches_ && state_.passes == passes && state_.steps == steps) return;
    fail(
        "{}: expected, before batch {} of epoch {} with {} batches each, {} batches and {} steps done, got "
        "{} "
        "and {}; the training data have changed since, or the file is damaged",
        (out_ / kCheckpointFile).string(), state_.batch + 1, state_.epoch + 1, batches_, passes, steps,
        state_.passes, state_.steps);
  }

  static void make_folder(const fs::path& path) {
    std::error_code error;
    fs::create_directories(path, error);
    if (error) fail("{}: cannot create: {}", path.string(), error.message());
  }

  void save() {
    save_checkpoint(out_ / kCheckpointFile, config_, state_, *trained_, *optimizer_, setup_.backbone);
    last_save_ = Clock::now();
  }

  // The rest of an epoch; false: stopped within it.
  bool train_epoch() {
    loader_->start(static_cast<uint32_t>(state_.epoch), state_.batch);
    while (state_.batch < batches_) {
      if (stop_) return false;
      const auto start = Clock::now();
      train_step();
      state_.sums.seconds += seconds_since(start);
      state_.seconds += seconds_since(start);
      if (seconds_since(last_save_) > 60 * t_.checkpoint_minutes) save();
    }
    return true;
  }

  // One optimizer step over up to `accumulate` batches.
  void train_step() {
    const int64_t group = std::min(t_.accumulate, batches_ - state_.batch);
    const std::string at = place();
    state_.last_lr = schedule_->lr(state_.steps);
    trained_->zero_gradients();
    double loss = 0;
    for (int64_t i = 0; i < group; ++i) loss += pass(1.0f / static_cast<float>(group));
    try {
      state_.sums.gradient_norm += optimizer_->step(static_cast<float>(state_.last_lr));
    } catch (const Error& error) {
      fail("{}: {}", at, error.what());
    }
    ++state_.steps;
    ++state_.sums.steps;
    average_->update(state_.steps, trained_->values(), state_.average);
    observer_.on_step({state_.epoch, state_.batch, loss / static_cast<double>(group), state_.last_lr});
  }

  // One batch through the model and back; its loss.
  double pass(float scale) {
    const Loader::Batch* batch = loader_->next();
    if (batch == nullptr)
      fail("{}: expected {} batches in the epoch, got {}", place(), batches_, state_.batch);
    std::ranges::copy(batch->inputs, training_->input(input_).f32());
    if (!config_.pretrain.masked()) copy_labels(*batch);
    training_->run(t_.seed, static_cast<uint32_t>(state_.passes), scale);
    const double loss = static_cast<double>(*training_->output("loss").f32());
    const double penalty = has_penalty_ ? static_cast<double>(*training_->output("penalty").f32()) : 0;
    if (!std::isfinite(loss) || !std::isfinite(penalty)) {
      const bool masked = config_.pretrain.masked();
      fail_non_finite(place(), loss, penalty, *trained_, *training_, input_,
                      masked ? std::vector<std::string_view>{"features"}
                             : std::vector<std::string_view>{"features", "logits"});
    }
    const auto count = static_cast<double>(batch->count);
    EpochSums& sums = state_.sums;
    sums.loss += loss * count;
    sums.penalty += penalty * count;
    sums.images += batch->count;
    if (!config_.pretrain.masked()) {
      sums.correct += count_correct(training_->output("logits"), *batch, heads_);
    }
    ++state_.batch;
    ++state_.passes;
    return loss;
  }

  void copy_labels(const Loader::Batch& batch) {
    if (batch.targets.empty()) {
      std::ranges::copy(batch.labels, training_->input("labels").i32());
    } else {
      std::ranges::copy(batch.targets, training_->input("labels").f32());
    }
  }

  std::string place() const {
    return fmt::format("step {} (epoch {}, batch {})", state_.steps + 1, state_.epoch + 1, state_.batch + 1);
  }

  // Evaluates, saves and tells; false: stopped meanwhile, the evaluation is to be made anew.
  bool end_epoch() {
    EpochResult record = epoch_record();
    std::optional<Evaluation> evaluation;
    {
      const AverageInPlace averaged(*trained_, state_.average);
      if (is_due() && selection_) {
        const int64_t samples = size_of(selection_split());
        evaluation = evaluate(*evaluation_, input_, *selection_, samples,
                              watch(to_string(selection_split()), samples));
        if (stop_) return false;
        state_.seconds += evaluation->seconds;
        note_evaluation(*evaluation, record);
        if (!observation_->empty()) record.observed = observation_->run();
      }
      record.best = t_.select == "last" ? is_last() : record.best;
      if (record.best) save_adapter_file("best");
      save_adapter_file("last");
    }
    record.peak_rss_mb = static_cast<double>(peak_rss_bytes()) / 1e6;
    observer_.on_epoch(record, evaluation ? &*evaluation : nullptr);
    ++state_.epoch;
    state_.batch = 0;
    state_.sums = {};
    save();
    return true;
  }

  bool is_last() const { return state_.epoch + 1 == t_.epochs; }
  bool is_due() const { return (state_.epoch + 1) % t_.eval_every == 0 || is_last(); }

  std::function<bool(int64_t)> watch(std::string_view split, int64_t images) {
    return [this, split, images](int64_t done) {
      observer_.on_evaluation(split, done, images);
      return !stop_;
    };
  }

  EpochResult epoch_record() const {
    const EpochSums& sums = state_.sums;
    const auto images = static_cast<double>(sums.images);
    EpochResult r;
    r.epoch = state_.epoch;
    r.lr = state_.last_lr;
    r.train_loss = sums.loss / images;
    r.has_penalty = has_penalty_;
    r.penalty = sums.penalty / images;
    r.train_accuracy = static_cast<double>(sums.correct) / images;
    r.gradient_norm = sums.gradient_norm / static_cast<double>(sums.steps);
    r.seconds = sums.seconds;
    r.images_per_second = images / sums.seconds;
    return r;
  }

  void note_evaluation(const Evaluation& evaluation, EpochResult& record) {
    record.evaluated = true;
    record.val_loss = evaluation.loss;
    record.val_accuracy = evaluation.accuracy();
    record.best = record.val_accuracy > state_.best_accuracy;  // of equals, the earlier
    if (record.best) {
      state_.best_accuracy = record.val_accuracy;
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
    save_adapter(out_ / folder / kAdapterFile, info_, *trained_, trained_->values());
  }

  // Tests what is in best/.
  TrainingResult finish() {
    const AdapterFile best = open_adapter(out_ / "best" / kAdapterFile);
    load_values(best, *trained_, trained_->values());
    TrainingResult result;
    const Split split = dataset_of(setup_.data, Split::test) ? Split::test : Split::val;
    if (const int64_t samples = size_of(split); samples > 0 && evaluation_) {
      Loader loader(evaluation_samples(config_, setup_, split, false), class_count(),
                    evaluation_loader(config_, eval_batch_));
      result.tested_on = to_string(split);
      result.test = evaluate(*evaluation_, input_, loader, samples, watch(result.tested_on, samples));
      if (stop_) return interrupted();
    }
    result.stopped_early = state_.stopped;
    result.epochs = state_.epoch;
    result.best_epoch = t_.select == "last" ? state_.epoch - 1 : state_.best_epoch;
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
  AdapterInfo info_;
  TrainedParts parts_;
  std::unique_ptr<Loader> loader_, selection_;
  std::shared_ptr<FrozenWeights> frozen_;
  std::shared_ptr<TrainedParameters> trained_;
  std::unique_ptr<Session> training_, evaluation_;
  std::optional<Observation> observation_;
  std::unique_ptr<Optimizer> optimizer_;
  std::optional<Schedule> schedule_;
  std::optional<MovingAverage> average_;
  std::string input_;  // the model's input
  int64_t batches_ = 0, eval_batch_ = 0;
  bool has_penalty_ = false, target_rows_ = false;
  std::vector<int64_t> heads_;  // classes of each, where there are several
  std::vector<BuiltSession::Observed> observed_;
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
