// Resizing of f32 planes by the filters of images, without their rounding: for position embeddings when a
// model takes images of another size.
#pragma once

#include <span>

#include "adapterx/kernels/pixels/resample_filter.h"

namespace ax::kernels {

struct PlanesShape {
  int64_t planes = 1, height = 0, width = 0, channels = 1;
};

// source: [planes, height, width, channels]; out: [planes, out_height, out_width, channels]. A grid of
// embeddings is one plane of `channels` values a position. bilinear and bicubic equal PyTorch's
// interpolate(antialias=True, align_corners=False) to f32 rounding. A plane resized to its own size is equal.
// Throws Error on sizes outside [1, 2^24] and where source or out differs in size from its shape.
void resample_planes(std::span<const float> source, const PlanesShape& shape, int64_t out_height,
                     int64_t out_width, Interpolation interpolation, std::span<float> out);

}  // namespace ax::kernels
