// The weights of resampling in fixed point, as Pillow rounds them and the SIMD loops take them.
#pragma once

#include <cstdint>
#include <vector>

#include "adapterx/kernels/pixels/resample_filter.h"

namespace ax::kernels {

inline constexpr int kWeightBits = 22;  // fractional bits: 32 - 8 of a pixel - 2 of sums beyond [0, 1]

inline constexpr int kLowBits = 14;

// Weights as round(w * 2^22), halves away from 0. For 16-bit multiplies they are taken apart, exactly:
//   w = 2^14 * high + low,  0 <= low < 2^14,  sum(w * p) = 2^14 * sum(high * p) + sum(low * p)  modulo 2^32.
// Zero weights at a window's ends are left out.
struct FixedWindows {
  struct Window {
    int32_t first, count;  // input positions, from `origin` on
    uint32_t pairs;        // index of the first Pair of (count + 1) / 2
  };
  // The weights of two neighbouring positions: the first in the lower 16 bits, the second in the upper. The
  // second of an odd window's last pair is 0.
  struct Pair {
    int32_t high, low;
  };
  int64_t origin = 0, extent = 0;  // all windows lie in [origin, origin + extent)
  std::vector<Window> windows;
  std::vector<Pair> pairs;
};
FixedWindows fixed_windows(const FilterWindows& windows);

}  // namespace ax::kernels
