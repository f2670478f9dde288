// Position embeddings for another image size.
#pragma once

#include <cstdint>
#include <span>

namespace ax {

// From `positions` [prefix + grid * grid, width] to `out` [prefix + out_grid * out_grid, width]: the prefix
// rows stay, the grid is resampled, bicubic and antialiased, as timm does (layers/pos_embed.py,
// resample_abs_pos_embed).
void resample_pos_embed(std::span<const float> positions, int64_t prefix, int64_t width, int64_t grid,
                        int64_t out_grid, std::span<float> out);

}  // namespace ax
