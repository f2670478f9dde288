#include "adapterx/models/vit/pos_embed.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "adapterx/base/error.h"
#include "adapterx/kernels/pixels/point_filter.h"
#include "adapterx/kernels/pixels/resample_planes.h"

namespace ax {
namespace {

using kernels::Interpolation;

constexpr std::pair<std::string_view, PositionResample> kNames[] = {
    {"bicubic_antialias", PositionResample::bicubic_antialias},
    {"bicubic", PositionResample::bicubic},
    {"bicubic_offset", PositionResample::bicubic_offset},
    {"bicubic_corners", PositionResample::bicubic_corners},
    {"bilinear", PositionResample::bilinear}};

// The windows of one axis, the same for both.
kernels::FilterWindows windows_of(PositionResample how, int64_t grid, int64_t out_grid) {
  const auto in = static_cast<float>(grid), out = static_cast<float>(out_grid);
  switch (how) {
    case PositionResample::bicubic_antialias:
      return kernels::whole_windows(Interpolation::bicubic, "grid", grid, out_grid);
    case PositionResample::bicubic:
      return point_windows(Interpolation::bicubic, {grid, out_grid, in / out});
    case PositionResample::bicubic_offset: {
      const double step = static_cast<double>(grid) / (static_cast<double>(out_grid) + 0.1);
      return point_windows(Interpolation::bicubic, {grid, out_grid, static_cast<float>(step)});
    }
    case PositionResample::bicubic_corners: {
      const float step = out_grid > 1 ? (in - 1) / (out - 1) : 0;
      return point_windows(Interpolation::bicubic, {grid, out_grid, step, true});
    }
    case PositionResample::bilinear:
      return point_windows(Interpolation::bilinear, {grid, out_grid, in / out});
  }
  fail("positions: expected a way to resample, got number {}", static_cast<int>(how));
}

}  // namespace

std::string_view to_string(PositionResample how) {
  return std::ranges::find(kNames, how, [](const auto& named) { return named.second; })->first;
}

PositionResample parse_position_resample(std::string_view name) {
  std::vector<std::string> names;
  for (const auto& [known, how] : kNames) {
    if (name == known) return how;
    names.emplace_back(known);
  }
  fail("position_resample: expected {}, got `{}`{}", fmt::join(names, ", "), name, did_you_mean(name, names));
}

void resample_pos_embed(std::span<const float> positions, int64_t prefix, int64_t width, int64_t grid,
                        int64_t out_grid, PositionResample how, std::span<float> out) {
  if (grid == out_grid) {
    std::ranges::copy(positions, out.begin());
    return;
  }
  const auto head = static_cast<size_t>(prefix * width);
  std::ranges::copy(positions.first(head), out.begin());
  const kernels::FilterWindows axis = windows_of(how, grid, out_grid);
  kernels::resample_planes(positions.subspan(head), {1, grid, grid, width}, axis, axis, out.subspan(head));
}

}  // namespace ax
