// Loader: the batches of an epoch, made of any SampleSource's samples ahead by threads of its own.
//
// Every random choice is a pure function of (seed, epoch, sample) or, for the mixing of a batch, of (seed,
// epoch, batch): the same bits for any number of threads, any cache, and wherever an epoch is resumed.
//
// Its threads run at a lower priority than the caller's, so that they fill what the training step leaves
// idle, and stay at most `ahead` batches in front of it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "adapterx/data/sample_source.h"
#include "adapterx/data/targets.h"

namespace ax {

struct LoaderOptions {
  int64_t batch = 32;
  bool shuffle = false;    // another order each epoch
  bool drop_last = false;  // leaves out a last batch that is not full
  uint64_t seed = 0;
  int threads = 0;    // 0: as many as the machine has cores
  int64_t ahead = 2;  // batches kept ready
};

class Loader {
 public:
  // targets: what the task is told of the samples beside their labels; null: nothing. Throws Error on an
  // empty data set, a label outside [0, classes), and options outside their ranges or for which there is no
  // memory.
  Loader(std::shared_ptr<const SampleSource> samples, int64_t classes, const LoaderOptions& options,
         TargetsPtr targets = nullptr);
  ~Loader();  // ends the threads, whatever they are at
  Loader(const Loader&) = delete;
  Loader& operator=(const Loader&) = delete;

  int64_t batches() const;  // of an epoch

  // Begins an epoch at one of its batches; what was under way is dropped. Throws Error where first_batch is
  // not in [0, batches()].
  void start(uint32_t epoch, int64_t first_batch = 0);

  struct Batch {
    int64_t count = 0;                 // samples; less than the options' batch at an epoch's end
    std::span<const int64_t> indices;  // [count] in the data set
    std::span<const float> inputs;     // [batch, input_size], zero from count on
    std::span<const int32_t> labels;   // [batch], 0 from count on
    std::span<const float> targets;    // [batch, Targets::size], zero from count on; empty without any
  };

  // Waits for the next batch, which is valid until the next call of next, start or the destructor; null at
  // the epoch's end and before the first start. Throws the Error of the first sample, in the batch's
  // order, that can't be made; so does every further call until the next start.
  const Batch* next();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ax
