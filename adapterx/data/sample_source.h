// SampleSource: the input that sample i of a data set is in an epoch, and what a batch of them needs besides.
// What Loader makes its batches of, whatever the samples are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "adapterx/data/dataset.h"
#include "adapterx/data/draws.h"
#include "adapterx/data/placement.h"

namespace ax {

// What a source keeps in memory of its samples, once it has been asked for them.
struct KeptSamples {
  int64_t samples = 0;
  size_t bytes = 0, budget = 0;
};

// All functions may be called by any thread, at the same time.
class SampleSource {
 public:
  virtual ~SampleSource() = default;
  virtual const Dataset& dataset() const = 0;
  virtual int64_t input_size() const = 0;  // numbers of one sample

  // out: [input_size()]. Returns where the sample came to lie in it; of clouds, which lie nowhere, the
  // identity. A pure function of the key. Throws Error naming the sample.
  virtual Placement sample(const SampleKey& key, float* out) const = 0;

  // Whether sample i is the same in each epoch; false: not always.
  virtual bool stays() const { return false; }

  // Whether samples of a batch are mixed with each other, and so their targets.
  virtual bool mixes() const { return false; }
  // inputs: [count, input_size()], targets: [count, classes] or none, both in place. key.index: the batch in
  // its epoch.
  virtual void mix(const SampleKey& /*key*/, int64_t /*count*/, std::span<float> /*inputs*/,
                   std::span<float> /*targets*/) const {}

  virtual KeptSamples kept() const { return {}; }
};

// The samples `indices` of a source, in their order; each is drawn as it is in the whole. Throws Error on an
// index outside of it.
std::shared_ptr<const SampleSource> subset(std::shared_ptr<const SampleSource> samples,
                                           std::vector<int64_t> indices);

}  // namespace ax
