// The training loop: epochs of steps, evaluations, the best kept, everything on disk at each moment that
// counts. In the run folder:
//
//   config.toml                the run's settings, resolved
//   last/checkpoint.safetensors  the state (train/checkpoint.h): after each epoch, every checkpoint_minutes
//                              within one, and at a stop
//   last/adapter.safetensors   what is trained, after the last whole epoch
//   best/adapter.safetensors   the same after the epoch that `select` chooses
//
// It prints nothing: who wants to know is a TrainingObserver.
#pragma once

#include <atomic>
#include <filesystem>
#include <string>
#include <vector>

#include "adapterx/records/epoch_record.h"
#include "adapterx/tasks/evaluation.h"
#include "adapterx/train/config.h"
#include "adapterx/train/head_start.h"
#include "adapterx/train/observation.h"
#include "adapterx/train/setup.h"
#include "adapterx/train/trained_parts.h"

namespace ax {

struct TrainingStart {
  const TrainConfig& config;
  const TrainingSetup& setup;
  TrainedParts parts;
  int64_t epochs = 0, batches = 0;  // batches of an epoch
  int64_t train_images = 0, val_images = 0, test_images = 0;
  int64_t first_epoch = 0, first_batch = 0;  // above 0: resumed
};

struct StepRecord {
  int64_t epoch = 0;    // from 0
  int64_t batches = 0;  // done of this epoch
  double loss = 0, lr = 0;
};

struct EpochResult {
  EpochRecord record;  // all but the use of the experts
  bool best = false;   // so far
  // What the method observes on a fixed sample of the images evaluated. Empty where nothing was evaluated or
  // is observed.
  std::vector<ObservedCounts> observed;
};

struct TrainingResult {
  bool interrupted = false;  // by the stop flag: nothing below is known
  bool stopped_early = false;
  int64_t epochs = 0;  // trained
  int64_t best_epoch = -1;
  double best_val_accuracy = -1;  // -1: never evaluated
  std::string tested_on;          // "test", or "val" where the data have no test images, or ""
  EvaluationPtr test;             // of the adapter in best/; null: never tested
  TrainedParts parts;
  double seconds = 0;  // of all sessions
  double peak_rss_mb = 0;
  int64_t adapter_bytes = 0;
};

class TrainingObserver {
 public:
  virtual ~TrainingObserver() = default;
  virtual void on_start(const TrainingStart&) {}
  // What a reader may want to know before the first step: whole lines, or "".
  virtual void on_note(const std::string& /*lines*/) {}
  // Once, before the first step of a new run: its head starts from the linear probe.
  virtual void on_head_start(const HeadStart&) {}
  virtual void on_step(const StepRecord&) {}
  // The evaluation is null where there was none. Comes before the epoch's checkpoint: what is written here is
  // never behind it.
  virtual void on_epoch(const EpochResult&, const Evaluation*) {}
  // Images of an evaluation, done and in all; `split`: "val", "test" or, where features are computed before
  // the first step (train/feature_use.h), "train".
  virtual void on_evaluation(std::string_view /*split*/, int64_t /*done*/, int64_t /*total*/) {}
};

// Trains as the config says, in config.train.out. `resume`: from the checkpoint there, if there is one, else
// from the start. Where `stop` becomes true, the run ends at the next step with a checkpoint.
//
// Throws Error on everything open_training does; on a loss or gradient that is not finite, with the step, the
// tensor and a hint (the checkpoint on disk is the last good one); on a file that can't be written.
TrainingResult train(const TrainConfig& config, TrainingObserver& observer, const std::atomic<bool>& stop,
                     bool resume = false);

}  // namespace ax
