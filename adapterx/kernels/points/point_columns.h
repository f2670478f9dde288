// The points of one cloud by coordinate, what the kernels on point clouds work on.
#pragma once

#include <cmath>

#include "adapterx/kernels/attention/attention_pack.h"

namespace ax::kernels {

// Points are padded to a multiple of this: of two vectors of floats, however long the machine's are.
inline constexpr int64_t kPointBlock = 128;

inline int64_t padded_points(int64_t n) { return (n + kPointBlock - 1) / kPointBlock * kPointBlock; }

inline bool is_finite(const float* xyz) {
  return std::isfinite(xyz[0]) && std::isfinite(xyz[1]) && std::isfinite(xyz[2]);
}

struct PointColumns {
  float *x, *y, *z;
  int64_t size = 0, padded = 0;

  PointColumns(ScratchCutter& cut, int64_t n)
      : x(cut.take<float>(padded_points(n))),
        y(cut.take<float>(padded_points(n))),
        z(cut.take<float>(padded_points(n))),
        size(n),
        padded(padded_points(n)) {}

  // Points that are not finite, and the padding, go to infinity: their distance to any finite point is
  // infinite, not NaN.
  void fill(const float* xyz) const {
    for (int64_t i = 0; i < size; ++i) put(i, is_finite(xyz + 3 * i) ? xyz + 3 * i : kFar);
    for (int64_t i = size; i < padded; ++i) put(i, kFar);
  }

 private:
  static constexpr float kFar[3] = {HUGE_VALF, HUGE_VALF, HUGE_VALF};

  void put(int64_t i, const float* xyz) const {
    x[i] = xyz[0];
    y[i] = xyz[1];
    z[i] = xyz[2];
  }
};

}  // namespace ax::kernels
