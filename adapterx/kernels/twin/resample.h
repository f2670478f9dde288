// Scalar twin of kernels/pixels/resample.h, and of kernels/pixels/resample_planes.h the whole: one pass of
// resampling.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "adapterx/kernels/pixels/resample_filter.h"

namespace ax::twin {

// 8-bit pixels by weights of 22 fractional bits, rounded and clipped.
struct FixedPoint {
  static int64_t product(double weight, uint8_t pixel) { return std::llround(weight * 0x1p22) * pixel; }
  static uint8_t finish(int64_t sum) {
    return static_cast<uint8_t>(std::clamp<int64_t>((sum + (1 << 21)) >> 22, 0, 255));
  }
};

struct FloatingPoint {
  static double product(double weight, float value) { return weight * static_cast<double>(value); }
  static float finish(double sum) { return static_cast<float>(sum); }
};

// in: [outer, size, inner]; out: [outer, windows, inner].
template <class Arithmetic, class T>
void resample_axis(const T* in, size_t outer, size_t size, size_t inner,
                   const kernels::FilterWindows& windows, T* out) {
  for (size_t o = 0; o < outer; ++o, in += size * inner) {
    for (const kernels::FilterWindows::Window& w : windows.windows) {
      for (size_t i = 0; i < inner; ++i, ++out) {
        decltype(Arithmetic::product(0.0, T())) sum = 0;
        for (size_t t = 0; t < static_cast<size_t>(w.count); ++t) {
          const T x = in[(static_cast<size_t>(w.first) + t) * inner + i];
          sum += Arithmetic::product(windows.weights[w.weights + t], x);
        }
        *out = Arithmetic::finish(sum);
      }
    }
  }
}

}  // namespace ax::twin
