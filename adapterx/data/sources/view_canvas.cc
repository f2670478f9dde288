#include "adapterx/data/sources/view_canvas.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ax {
namespace {

constexpr float kOutside = -1e-5F;  // so that no sample on an edge that two triangles share is in neither
constexpr float kBare = -std::numeric_limits<float>::infinity();

struct Span {
  int64_t first, end;
};

// The samples whose centres lie from `low` to `high`, within the side.
Span samples_in(float low, float high, int64_t side) {
  const auto limit = static_cast<float>(side);
  if (!(low <= limit && high >= 0)) return {0, 0};
  return {static_cast<int64_t>(std::ceil(std::max(low - 0.5F, 0.0F))),
          static_cast<int64_t>(std::floor(std::min(high - 0.5F, limit - 1))) + 1};
}

}  // namespace

ViewCanvas::ViewCanvas(int64_t side)
    : side_(side * kSamples),
      nearness_(static_cast<size_t>(side_ * side_), kBare),
      values_(static_cast<size_t>(side_ * side_), 0.0F) {}

void ViewCanvas::triangle(const ViewPoint& a, const ViewPoint& b, const ViewPoint& c) {
  constexpr auto kScale = static_cast<float>(kSamples);
  const float ax = a.x * kScale, ay = a.y * kScale, bx = b.x * kScale, by = b.y * kScale, cx = c.x * kScale,
              cy = c.y * kScale;
  const float area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay);
  if (!(std::abs(area) > 1e-6F) || !std::isfinite(area)) return;
  const Span rows = samples_in(std::min({ay, by, cy}), std::max({ay, by, cy}), side_),
             columns = samples_in(std::min({ax, bx, cx}), std::max({ax, bx, cx}), side_);
  for (int64_t row = rows.first; row < rows.end; ++row) {
    const float y = static_cast<float>(row) + 0.5F;
    float* nearness = nearness_.data() + row * side_;
    float* values = values_.data() + row * side_;
    for (int64_t column = columns.first; column < columns.end; ++column) {
      const float x = static_cast<float>(column) + 0.5F;
      const float of_b = ((x - ax) * (cy - ay) - (cx - ax) * (y - ay)) / area;
      const float of_c = ((bx - ax) * (y - ay) - (x - ax) * (by - ay)) / area;
      const float of_a = 1 - of_b - of_c;
      if (of_a < kOutside || of_b < kOutside || of_c < kOutside) continue;
      const float near = of_a * a.nearness + of_b * b.nearness + of_c * c.nearness;
      if (near <= nearness[column]) continue;
      nearness[column] = near;
      values[column] = of_a * a.value + of_b * b.value + of_c * c.value;
    }
  }
}

void ViewCanvas::disc(const ViewPoint& centre, float radius) {
  constexpr auto kScale = static_cast<float>(kSamples);
  const float cx = centre.x * kScale, cy = centre.y * kScale, r = radius * kScale;
  const Span rows = samples_in(cy - r, cy + r, side_), columns = samples_in(cx - r, cx + r, side_);
  for (int64_t row = rows.first; row < rows.end; ++row) {
    for (int64_t column = columns.first; column < columns.end; ++column) {
      const float dx = static_cast<float>(column) + 0.5F - cx, dy = static_cast<float>(row) + 0.5F - cy;
      const auto at = static_cast<size_t>(row * side_ + column);
      if (dx * dx + dy * dy > r * r || centre.nearness <= nearness_[at]) continue;
      nearness_[at] = centre.nearness;
      values_[at] = centre.value;
    }
  }
}

void ViewCanvas::read(std::span<uint8_t> coverage, std::span<float> values) const {
  const int64_t side = side_ / kSamples;
  for (int64_t p = 0; p < side * side; ++p) {
    int covered = 0;
    float sum = 0;
    for (int64_t s = 0; s < kSamples * kSamples; ++s) {
      const auto at = static_cast<size_t>((p / side * kSamples + s / kSamples) * side_ + p % side * kSamples +
                                          s % kSamples);
      if (nearness_[at] == kBare) continue;
      ++covered;
      sum += values_[at];
    }
    const auto i = static_cast<size_t>(p);
    coverage[i] = static_cast<uint8_t>(255 * covered / (kSamples * kSamples));
    values[i] = covered > 0 ? sum / static_cast<float>(covered) : 0;
  }
}

}  // namespace ax
