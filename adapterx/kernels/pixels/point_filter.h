// Windows of interpolation without antialiasing, by the rules of PyTorch's interpolate: output i lies at
//   x(i) = (i + 0.5) * step - 0.5   align_corners=False, outputs at the middles of pieces of length `step`
//   x(i) = i * step                 align_corners=True
// (in f32, as PyTorch has it) among the inputs, which lie at 0, 1 ... size - 1, and weighs those next to it,
// beyond an end the end's:
//   bilinear: the two inputs around x by 1 - |x - j|
//   bicubic:  the four inputs around x by Keys' kernel, a = -0.75
// resample_filter.h has the antialiased ones, whose windows grow with the step.
#pragma once

#include "adapterx/kernels/pixels/resample_filter.h"

namespace ax::kernels {

struct PointAxis {
  int64_t size = 0, resized = 0;
  float step = 1;
  bool align_corners = false;
};

// Throws Error where a size is not in [1, 2^24], and on filters other than bilinear and bicubic.
FilterWindows point_windows(Interpolation interpolation, const PointAxis& axis);

}  // namespace ax::kernels
