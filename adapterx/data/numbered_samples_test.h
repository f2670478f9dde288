// For tests: data sets of given labels, whose samples are their own numbers.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapterx/data/sample_source.h"

namespace ax {

class NumberedData : public Dataset {
 public:
  explicit NumberedData(std::vector<int32_t> labels, bool several_heads = false)
      : labels_(std::move(labels)), several_heads_(several_heads) {}
  int64_t size() const override { return std::ssize(labels_); }
  int32_t label(int64_t i) const override { return labels_[static_cast<size_t>(i)]; }
  std::string name(int64_t i) const override { return "number#" + std::to_string(i); }
  bool several_heads() const override { return several_heads_; }

 private:
  std::vector<int32_t> labels_;
  bool several_heads_;
};

// Sample i of an epoch is {i, epoch, seed}. Mixing adds 1000 to the inputs of a batch, and halves targets.
class NumberedSamples : public SampleSource {
 public:
  explicit NumberedSamples(std::vector<int32_t> labels, bool mixes = false, bool several_heads = false)
      : dataset_(std::move(labels), several_heads), mixes_(mixes) {}
  const Dataset& dataset() const override { return dataset_; }
  int64_t input_size() const override { return 3; }
  Placement sample(const SampleKey& key, float* out) const override {
    out[0] = static_cast<float>(key.index);
    out[1] = static_cast<float>(key.epoch);
    out[2] = static_cast<float>(key.seed);
    return {};
  }
  bool mixes() const override { return mixes_; }
  void mix(const SampleKey&, int64_t, std::span<float> inputs, std::span<float> targets) const override {
    for (float& x : inputs) x += 1000;
    for (float& x : targets) x /= 2;
  }

 private:
  NumberedData dataset_;
  bool mixes_;
};

}  // namespace ax
