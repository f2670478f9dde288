// What tests against golden files (tools/make_golden.py) share: vectors of floats and how far apart they are.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "adapterx/base/rng.h"
#include "adapterx/base/tensor.h"

namespace ax {

inline std::vector<float> values_of(const Tensor& t) { return {t.f32(), t.f32() + t.size()}; }

inline double norm(const std::vector<float>& v) {
  double sum = 0;
  for (const float x : v) sum += static_cast<double>(x) * static_cast<double>(x);
  return std::sqrt(sum);
}

// Infinite for other sizes and NaN.
inline double distance(const std::vector<float>& a, const std::vector<float>& b) {
  if (a.size() != b.size()) return HUGE_VAL;
  std::vector<float> difference(a.size());
  for (size_t i = 0; i < a.size(); ++i) difference[i] = a[i] - b[i];
  const double d = norm(difference);
  return std::isnan(d) ? HUGE_VAL : d;
}

// Relative to `expected`; where that is all zero, nothing else will do.
inline double relative_distance(const std::vector<float>& v, const std::vector<float>& expected) {
  const double absolute = distance(v, expected);
  return absolute == 0 ? 0 : absolute / norm(expected);
}

// The entries of a gradient that the files of the larger models hold: `count` at positions drawn from the
// name.
inline std::vector<float> sampled(const std::vector<float>& gradient, const std::string& name, size_t count) {
  const Rng rng(2, 0, place_of(name));
  std::vector<float> sample(count);
  for (size_t i = 0; i < count; ++i) sample[i] = gradient[rng.bits(i) % gradient.size()];
  return sample;
}

}  // namespace ax
