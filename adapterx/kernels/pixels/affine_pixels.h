// Affine maps of 8-bit RGB images [height, width, 3], nearest pixel: equal bit for bit to Pillow's
// Image.transform(size, AFFINE, matrix) in 16.16 fixed point (Pillow takes it but for maps that only scale or
// move, where it rounds in double: the same for moves by whole pixels).
#pragma once

#include <array>
#include <cstdint>

namespace ax::kernels {

// Of positions in the result to positions in the source: x' = m[0] x + m[1] y + m[2], y' = m[3] x + m[4] y +
// m[5].
using AffineMap = std::array<double, 6>;

// out(x, y) = source(floor of the map of (x + 0.5, y + 0.5)), black outside. Positions up to 2^15 in
// magnitude. May not overlap.
void affine_pixels(const uint8_t* source, int64_t height, int64_t width, const AffineMap& map, uint8_t* out);

}  // namespace ax::kernels
