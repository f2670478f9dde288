// Moves of 8-bit RGB pixels: [height, width, 3], no padding.
#pragma once

#include <cstdint>

namespace ax::kernels {

enum class Border : uint8_t { zero, reflect };  // reflect: the edge itself is not repeated, as in numpy's pad

// out [size, size, 3] = the window of source [size, size, 3] that begins at (y, x), which may pass its edges
// by less than size pixels; there the border is seen. May not overlap.
void shift_crop(const uint8_t* source, int64_t size, int64_t y, int64_t x, Border border, uint8_t* out);

// Left-right, in place.
void mirror_rows(uint8_t* pixels, int64_t height, int64_t width);

}  // namespace ax::kernels
