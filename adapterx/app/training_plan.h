// What a training would be, without making it: what it trains, on what, for how long and in how much memory.
#pragma once

#include <cstddef>
#include <cstdint>

#include "adapterx/train/feature_use.h"
#include "adapterx/train/setup.h"
#include "adapterx/train/trained_parts.h"

namespace ax {

// An evaluation of a whole split. No batches: it is not made.
struct PlannedEvaluation {
  Split split = Split::val;
  int64_t samples = 0, batches = 0;
  double batch_seconds = 0;  // measured
  double seconds() const { return static_cast<double>(batches) * batch_seconds; }
};

struct TrainingPlan {
  TrainingSetup setup;
  TrainedParts parts;
  int64_t patches = 0, tokens = 0;             // of a sample, as the method leaves them after the last block
  int64_t batch = 0;                           // samples
  int64_t epochs = 0, batches = 0, steps = 0;  // batches and steps are of an epoch
  FeatureUse feature_use;
  PlannedEvaluation features;        // computed once before the first step; no batches: none are
  PlannedEvaluation choosing, test;  // of the split that chooses the best epoch, and at the end
  int64_t evaluations = 0;           // of the former, in the whole run

  double opening_seconds = 0;      // measured: files, weights, compiling
  double batch_seconds = 0;        // measured: one training batch, with its share of the optimizer's step
  double observation_seconds = 0;  // measured: what the method observes after an evaluation
  double epoch_seconds() const;    // training and the evaluation after it
  double run_seconds() const;  // features but not the head's fit to them, all epochs and the test; an early
                               // stop only shortens it

  size_t measured_bytes = 0;  // the peak of the process until here
  size_t cache_bytes = 0;     // decoded samples that are still to be kept
  size_t feature_bytes = 0;   // of the training samples, while the head is fitted to them
  size_t adapter_bytes = 0;   // of the best adapter, which is read back for the test
  size_t peak_bytes() const { return measured_bytes + cache_bytes + feature_bytes + adapter_bytes; }
};

// Opens all that the training opens, and makes one step to warm up, two that are timed, and times up to
// three batches of each evaluation. Weights, optimizer, both sessions and the loaders' batches are
// in memory then, and zeros in place of features that the run would keep, so that the peak so far is that of
// the run but for what grows later. Nothing is written. Throws Error as train() does.
TrainingPlan plan_training(const TrainConfig& config);

}  // namespace ax
