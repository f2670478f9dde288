#include "adapterx/models/vit/pos_embed.h"

#include <algorithm>

#include "adapterx/kernels/pixels/resample_planes.h"

namespace ax {

void resample_pos_embed(std::span<const float> positions, int64_t prefix, int64_t width, int64_t grid,
                        int64_t out_grid, std::span<float> out) {
  const auto head = static_cast<size_t>(prefix * width);
  std::ranges::copy(positions.first(head), out.begin());
  kernels::resample_planes(positions.subspan(head), {1, grid, grid, width}, out_grid, out_grid,
                           kernels::Interpolation::bicubic, out.subspan(head));
}

}  // namespace ax
