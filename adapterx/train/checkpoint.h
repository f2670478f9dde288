// A run's state on disk: what `--resume` needs to go on as if it had never stopped, bit for bit. One
// safetensors file, written whole or not at all: spans `values`, `first_moment`, `second_moment`, `average`
// as they lie in memory, and counters, settings and the backbone's hash in the metadata.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "adapterx/graph/trained_parameters.h"
#include "adapterx/train/backbone_hash.h"
#include "adapterx/train/config.h"
#include "adapterx/train/optimizer.h"

namespace ax {

// Sums over the part of an epoch that is done.
struct EpochSums {
  double loss = 0, penalty = 0, gradient_norm = 0, seconds = 0;
  int64_t images = 0, correct = 0, steps = 0;
};

struct TrainState {
  int64_t epoch = 0, batch = 0;  // the next to be trained; batch = batches of an epoch: to be evaluated
  int64_t passes = 0;            // through the model, all epochs: keys the random draws
  int64_t steps = 0;             // of the optimizer
  double last_lr = 0;
  EpochSums sums;
  double best_accuracy = -1;
  int64_t best_epoch = -1;
  int64_t stale = 0;           // evaluations since the best
  bool stopped = false;        // early
  double seconds = 0;          // of all sessions, training and evaluation
  std::vector<float> average;  // EMA of the values, in their layout; empty: none
};

// Throws Error naming the file where it can't be written (what was there before stays), and where a value is
// not finite. `backbone`: absent where the run is from scratch.
void save_checkpoint(const std::filesystem::path& path, const TrainConfig& config, const TrainState& state,
                     TrainedParameters& trained, Optimizer& optimizer,
                     const std::optional<BackboneId>& backbone = {});

// Throws Error naming the file where it is damaged (counters out of range, no `average` of a run with one),
// of a run with other settings (naming the first), on
// another backbone or of other parameters.
TrainState load_checkpoint(const std::filesystem::path& path, const TrainConfig& config,
                           TrainedParameters& trained, Optimizer& optimizer,
                           const std::optional<BackboneId>& backbone = {});

}  // namespace ax
