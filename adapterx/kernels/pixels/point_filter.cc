#include "adapterx/kernels/pixels/point_filter.h"

#include <algorithm>
#include <cmath>

#include "adapterx/base/error.h"
#include "adapterx/kernels/pixels/filter_shapes.h"

namespace ax::kernels {
namespace {

constexpr int64_t kMaxSize = int64_t{1} << 24;

void check(Interpolation interpolation, const PointAxis& a) {
  for (const int64_t size : {a.size, a.resized}) {
    if (size < 1 || size > kMaxSize) {
      fail("resize: expected sizes from 1 to {}, got {} to {}", kMaxSize, a.size, a.resized);
    }
  }
  if (interpolation != Interpolation::bilinear && interpolation != Interpolation::bicubic) {
    fail("resize: expected bilinear or bicubic without antialiasing, got another filter");
  }
}

// Of inputs that fall on the same end, the weights add up.
void append_window(Interpolation interpolation, const PointAxis& axis, double x, FilterWindows& result) {
  const bool cubic = interpolation == Interpolation::bicubic;
  const auto below = static_cast<int64_t>(std::floor(x));
  const int64_t begin = below - (cubic ? 1 : 0), end = below + (cubic ? 3 : 2);
  const auto inside = [&](int64_t j) { return std::clamp(j, int64_t{0}, axis.size - 1); };
  const int64_t first = inside(begin), count = inside(end - 1) - first + 1;
  const size_t at = result.weights.size();
  result.weights.resize(at + static_cast<size_t>(count));
  for (int64_t j = begin; j < end; ++j) {
    const double away = static_cast<double>(j) - x;
    const double weight = cubic ? keys_cubic(away, -0.75) : triangle(away);
    result.weights[at + static_cast<size_t>(inside(j) - first)] += weight;
  }
  result.windows.push_back({first, count, at});
}

}  // namespace

FilterWindows point_windows(Interpolation interpolation, const PointAxis& axis) {
  check(interpolation, axis);
  FilterWindows result;
  result.windows.reserve(static_cast<size_t>(axis.resized));
  for (int64_t i = 0; i < axis.resized; ++i) {
    const auto at = static_cast<float>(i);
    const float x = axis.align_corners ? at * axis.step : (at + 0.5f) * axis.step - 0.5f;
    append_window(interpolation, axis, static_cast<double>(x), result);
  }
  return result;
}

}  // namespace ax::kernels
