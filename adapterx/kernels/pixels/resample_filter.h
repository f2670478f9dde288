// The filters of image resampling: for every output position of one axis, the window of input positions it
// weighs and the weights, by Pillow's rules (libImaging/Resample.c). A filter f of support s, over an axis
// scaled by  scale = (end - begin) / resized  and stretched by  stretch = max(scale, 1)  (antialiasing):
//   centre(i) = begin + (i + 0.5) * scale
//   window(i) = [trunc(centre - s * stretch + 0.5), trunc(centre + s * stretch + 0.5))  within the axis
//   weight(i, j) = f((j - centre + 0.5) / stretch), divided by the window's sum
//   bilinear: 1 - |x|, s = 1;  bicubic: Keys, a = -0.5, s = 2;  lanczos: sinc(x) * sinc(x / 3), s = 3;
//   nearest: the one position trunc(centre).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace ax::kernels {

enum class Interpolation : uint8_t { nearest, bilinear, bicubic, lanczos };

// One axis of a resize: [begin, end) of `size` positions (fractions allowed, f32 as in Pillow) becomes
// `resized` positions, of which [first, first + count) are wanted.
struct FilterAxis {
  std::string_view name;  // for errors
  int64_t size = 0;
  float begin = 0, end = 0;
  int64_t resized = 0;
  int64_t first = 0, count = 0;
};

struct FilterWindows {
  struct Window {
    int64_t first, count;  // input positions
    size_t weights;        // index of the first of `count` weights
  };
  std::vector<Window> windows;  // one an output position
  std::vector<double> weights;
};

// Throws Error where a size is not in [1, 2^24] (whole numbers are exact in f32 up to there), the box is
// empty or passes the axis, or the wanted positions pass the resized axis.
FilterWindows filter_windows(Interpolation interpolation, const FilterAxis& axis);

// The same, all of an axis resized.
FilterWindows whole_windows(Interpolation interpolation, std::string_view name, int64_t size,
                            int64_t resized);

}  // namespace ax::kernels
