// Resizing of f32 planes by the filters of images, without their rounding: for position embeddings when a
// model takes images of another size.
#pragma once

#include <span>

#include "adapterx/kernels/pixels/resample_filter.h"

namespace ax::kernels {

struct PlanesShape {
  int64_t planes = 1, height = 0, width = 0, channels = 1;
};

// source: [planes, height, width, channels]; out: [planes, rows, columns, channels], as many as there are
// windows: rows' lie on an axis of the height, columns' on one of the width. A grid of embeddings is one
// plane of `channels` values a position. By whole_windows, bilinear and bicubic equal PyTorch's
// interpolate(antialias=True, align_corners=False) to f32 rounding, by point_windows those without antialias.
// Throws Error where source or out differs in size from its shape.
void resample_planes(std::span<const float> source, const PlanesShape& shape, const FilterWindows& rows,
                     const FilterWindows& columns, std::span<float> out);

}  // namespace ax::kernels
