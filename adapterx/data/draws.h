// The random numbers of one sample (or batch) for one purpose: draw after draw, each a pure function of
// (seed, epoch, index, purpose, number of the draw).
#pragma once

#include <cstdint>
#include <string_view>

#include "adapterx/base/rng.h"

namespace ax {

struct SampleKey {
  uint64_t seed = 0;
  uint32_t epoch = 0;
  int64_t index = 0;  // of the sample in its data set, or of the batch in its epoch
};

class Draws {
 public:
  static constexpr uint64_t kMost = 256;  // before the draws of the next index would be met

  Draws(const SampleKey& key, std::string_view purpose)
      : rng_(key.seed, key.epoch, place_of(purpose)), next_(static_cast<uint64_t>(key.index) * kMost) {}

  double uniform() { return static_cast<double>(rng_.uniform(next_++)); }  // [0, 1)
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  bool chance(double probability) { return uniform() < probability; }
  int64_t below(int64_t n) {  // [0, n), n < 2^32
    return static_cast<int64_t>(uint64_t{rng_.bits(next_++)} * static_cast<uint64_t>(n) >> 32);
  }
  double normal();  // uses two draws

 private:
  Rng rng_;
  uint64_t next_;
};

}  // namespace ax
