#include "adapterx/data/images/random_crop.h"

#include <algorithm>
#include <cmath>

namespace ax {
namespace {

constexpr int kTries = 10;
constexpr double kEraseMin = 0.02, kEraseMax = 1.0 / 3, kEraseRatio = 0.3;

int64_t rounded(double x) { return static_cast<int64_t>(std::nearbyint(x)); }  // half to even, as Python's

// Height and width of the area and ratio (width to height) drawn.
struct Sides {
  int64_t height, width;
};
Sides draw_sides(double area, double ratio_min, double ratio_max, Draws& draws) {
  const double ratio = std::exp(draws.uniform(std::log(ratio_min), std::log(ratio_max)));
  return {rounded(std::sqrt(area / ratio)), rounded(std::sqrt(area * ratio))};
}

CropBox placed(const Sides& sides, int64_t height, int64_t width, Draws& draws) {
  const int64_t y = draws.below(height - sides.height + 1), x = draws.below(width - sides.width + 1);
  return {y, x, sides.height, sides.width};
}

CropBox middle(const AugmentOptions& o, int64_t height, int64_t width) {
  const double ratio = static_cast<double>(width) / static_cast<double>(height);
  int64_t h = height, w = width;
  if (ratio < o.rrc_ratio_min) h = rounded(static_cast<double>(w) / o.rrc_ratio_min);
  if (ratio > o.rrc_ratio_max) w = rounded(static_cast<double>(h) * o.rrc_ratio_max);
  h = std::clamp<int64_t>(h, 1, height);
  w = std::clamp<int64_t>(w, 1, width);
  return {(height - h) / 2, (width - w) / 2, h, w};
}

}  // namespace

CropBox draw_resized_crop(const AugmentOptions& o, int64_t height, int64_t width, Draws& draws) {
  const auto area = static_cast<double>(height * width);
  for (int i = 0; i < kTries; ++i) {
    const double wanted = area * draws.uniform(o.rrc_scale_min, o.rrc_scale_max);
    const Sides sides = draw_sides(wanted, o.rrc_ratio_min, o.rrc_ratio_max, draws);
    if (sides.height < 1 || sides.width < 1 || sides.height > height || sides.width > width) continue;
    return placed(sides, height, width, draws);
  }
  return middle(o, height, width);
}

CropBox draw_erased_box(int64_t height, int64_t width, Draws& draws) {
  const auto area = static_cast<double>(height * width);
  for (int i = 0; i < kTries; ++i) {
    const double wanted = area * draws.uniform(kEraseMin, kEraseMax);
    const Sides sides = draw_sides(wanted, kEraseRatio, 1 / kEraseRatio, draws);
    if (sides.height < height && sides.width < width) return placed(sides, height, width, draws);
  }
  return {};
}

}  // namespace ax
