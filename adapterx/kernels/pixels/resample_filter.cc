#include "adapterx/kernels/pixels/resample_filter.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "adapterx/base/error.h"
#include "adapterx/kernels/pixels/filter_shapes.h"

namespace ax::kernels {
namespace {

constexpr int64_t kMaxSize = int64_t{1} << 24;

struct Filter {
  double (*at)(double x);
  double support;
};

double bicubic(double x) { return keys_cubic(x, -0.5); }

double sinc(double x) {
  if (x == 0.0) return 1.0;
  x *= std::numbers::pi;
  return std::sin(x) / x;
}

double lanczos(double x) { return -3.0 <= x && x < 3.0 ? sinc(x) * sinc(x / 3.0) : 0.0; }

Filter filter_of(Interpolation interpolation) {
  switch (interpolation) {
    case Interpolation::bilinear:
      return {triangle, 1.0};
    case Interpolation::bicubic:
      return {bicubic, 2.0};
    default:
      return {lanczos, 3.0};
  }
}

void check(const FilterAxis& a) {
  for (const int64_t size : {a.size, a.resized}) {
    if (size < 1 || size > kMaxSize) {
      fail("resize: {}: expected sizes from 1 to {}, got {} to {}", a.name, kMaxSize, a.size, a.resized);
    }
  }
  if (!(a.begin >= 0 && a.begin < a.end && a.end <= static_cast<float>(a.size))) {
    fail("resize: {}: expected a box within [0, {}], got [{}, {}]", a.name, a.size, a.begin, a.end);
  }
  if (a.first < 0 || a.count < 1 || a.count > a.resized || a.first > a.resized - a.count) {
    fail("resize: {}: expected an output window within [0, {}], got {} from {}", a.name, a.resized, a.count,
         a.first);
  }
}

// Pillow adds up the positions, and so rounds them, one by one.
FilterWindows nearest_windows(const FilterAxis& axis, double scale) {
  FilterWindows result;
  result.weights = {1.0};
  double position = axis.begin + scale * 0.5;
  for (int64_t i = 0; i < axis.first + axis.count; ++i, position += scale) {
    if (i < axis.first) continue;
    result.windows.push_back({std::min(static_cast<int64_t>(position), axis.size - 1), 1, 0});
  }
  return result;
}

void append_window(const Filter& filter, const FilterAxis& axis, double centre, double stretch,
                   FilterWindows& result) {
  const double support = filter.support * stretch, per_step = 1.0 / stretch;
  const int64_t first = std::max(int64_t{0}, static_cast<int64_t>(centre - support + 0.5));
  const int64_t end = std::min(axis.size, static_cast<int64_t>(centre + support + 0.5));
  const size_t at = result.weights.size();
  double sum = 0;
  for (int64_t j = first; j < end; ++j) {
    result.weights.push_back(filter.at((static_cast<double>(j) - centre + 0.5) * per_step));
    sum += result.weights.back();
  }
  if (sum != 0.0) {
    for (size_t t = at; t < result.weights.size(); ++t) result.weights[t] /= sum;
  }
  result.windows.push_back({first, end - first, at});
}

}  // namespace

FilterWindows filter_windows(Interpolation interpolation, const FilterAxis& axis) {
  check(axis);
  const double scale = static_cast<double>(axis.end - axis.begin) / static_cast<double>(axis.resized);
  if (interpolation == Interpolation::nearest) return nearest_windows(axis, scale);
  const Filter filter = filter_of(interpolation);
  const double stretch = std::max(scale, 1.0);
  FilterWindows result;
  result.windows.reserve(static_cast<size_t>(axis.count));
  for (int64_t i = axis.first; i < axis.first + axis.count; ++i) {
    const double centre = axis.begin + (static_cast<double>(i) + 0.5) * scale;
    append_window(filter, axis, centre, stretch, result);
  }
  return result;
}

FilterWindows whole_windows(Interpolation interpolation, std::string_view name, int64_t size,
                            int64_t resized) {
  return filter_windows(interpolation, {name, size, 0, static_cast<float>(size), resized, 0, resized});
}

}  // namespace ax::kernels
