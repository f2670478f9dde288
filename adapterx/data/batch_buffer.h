// BatchBuffer: one batch while it is made and until it is read. Internal to Loader.
#pragma once

#include <cstdint>
#include <exception>
#include <span>
#include <vector>

#include "adapterx/data/sample_source.h"

namespace ax {

struct BatchBuffer {
  // target_size: of a row of targets; 0: there are none.
  BatchBuffer(int64_t batch, int64_t input_size, int64_t target_size);

  // Empties it for the samples `wanted`, at most `batch`, of the data set.
  void prepare(const Dataset& dataset, std::span<const int64_t> wanted);
  float* input(int64_t i) { return inputs.data() + i * input_size; }
  std::span<float> target(int64_t i) {
    return std::span(targets).subspan(static_cast<size_t>(i * target_size), static_cast<size_t>(target_size));
  }
  // Sample i failed: the first of the batch is kept, whichever comes first.
  void fail_at(int64_t i, std::exception_ptr reason);
  // What concerns the whole batch, once all samples are there: zeros past the last, mixing. key.index: the
  // batch in its epoch.
  void complete(const SampleSource& source, const SampleKey& key);

  int64_t input_size, target_size;
  std::vector<float> inputs, targets;      // [batch, input_size], [batch, target_size]
  std::vector<int32_t> labels;             // [batch]
  std::vector<int64_t> indices;            // [batch], of which `count`
  int64_t count = 0, taken = 0, done = 0;  // samples: in all, handed out, made
  int64_t failed_at = -1;
  std::exception_ptr error;
  bool ready = false;
};

}  // namespace ax
