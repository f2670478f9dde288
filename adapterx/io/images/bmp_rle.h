// The run-length encoding of bitmaps with a palette (Microsoft, "Bitmap Compression"): pairs of bytes. (n,
// v): n pixels v; (0, 0): end of row; (0, 1): end; (0, 2), dx, dy: move; (0, n): n pixels follow, padded to
// an even number of bytes. With 4 bits, v holds two pixels that alternate.
#pragma once

#include <cstdint>
#include <span>

namespace ax {

// Writes indices, one a byte, [height, width] in the order of the data, to zeroed memory. What passes a row's
// or the bitmap's end is dropped. False where the data end with neither an end mark nor the last pixel.
bool unpack_bmp_runs(std::span<const uint8_t> data, bool four_bits, int64_t width, int64_t height,
                     uint8_t* indices);

}  // namespace ax
