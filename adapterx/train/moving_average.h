// An exponential moving average of the trained values, evaluated and saved in their place.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "adapterx/graph/trained_parameters.h"

namespace ax {

// average = d * average + (1 - d) * values after step t = 1, 2, ..., with d = min(decay, (1 + t) / (10 + t)):
// the start, which is far from where training leads, is soon forgotten (TensorFlow's ExponentialMovingAverage
// with num_updates).
class MovingAverage {
 public:
  explicit MovingAverage(double decay) : decay_(decay) {}  // 0: off

  bool on() const { return decay_ > 0; }
  void update(int64_t step, std::span<const float> values, std::span<float> average) const;

 private:
  double decay_;
};

// While it lives, the trained values are the average's, and the average's vector holds theirs. An empty
// average changes nothing.
class AverageInPlace {
 public:
  AverageInPlace(TrainedParameters& trained, std::vector<float>& average);
  ~AverageInPlace() { swap(); }
  AverageInPlace(const AverageInPlace&) = delete;
  AverageInPlace& operator=(const AverageInPlace&) = delete;

 private:
  void swap();
  TrainedParameters& trained_;
  std::vector<float>& average_;
};

}  // namespace ax
