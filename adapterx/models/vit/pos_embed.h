// Position embeddings for another image size, resampled as the library resamples them whose checkpoint it is.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace ax {

// The libraries' ways; of each the call of PyTorch's interpolate (align_corners=False but where said).
enum class PositionResample : uint8_t {
  bicubic_antialias,  // mode="bicubic", antialias=True, size=: timm, open_clip, DINOv2 with registers
  bicubic,            // mode="bicubic", size=: Hugging Face, MAE
  bicubic_offset,     // mode="bicubic", scale_factor=(out_grid + 0.1) / grid: DINO, DINOv2
  bicubic_corners,    // mode="bicubic", size=, align_corners=True: torchvision
  bilinear,           // mode="bilinear", size=: timm's loader of .npz
};

std::string_view to_string(PositionResample how);
// Throws Error that lists the names.
PositionResample parse_position_resample(std::string_view name);

// From `positions` [prefix + grid * grid, width] to `out` [prefix + out_grid * out_grid, width]: the prefix
// rows stay, the grid is resampled. One of the same size stays, too, whichever the way. Equal to PyTorch's
// to f32 rounding.
void resample_pos_embed(std::span<const float> positions, int64_t prefix, int64_t width, int64_t grid,
                        int64_t out_grid, PositionResample how, std::span<float> out);

}  // namespace ax
