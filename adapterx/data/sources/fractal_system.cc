#include "adapterx/data/sources/fractal_system.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace ax {
namespace {

constexpr int kBurnIn = 20, kFillingPoints = 2000;
constexpr size_t kFillingSide = 32;
constexpr double kMostFilling = 0.45, kLeastVariation = 0.8, kMostVariation = 1.2;
constexpr float kFar = 1e4F, kOutliers = 2.5F;

AffineMap draw_map(Draws& draws) {
  const double turn = draws.uniform(0, 2 * std::numbers::pi), inner = draws.uniform(0, 2 * std::numbers::pi);
  const double large = draws.uniform(0.3, 0.9);
  const double small = draws.uniform(0.1, large) * (draws.chance(0.5) ? 1 : -1);
  const double c = std::cos(turn), s = std::sin(turn), ci = std::cos(inner), si = std::sin(inner);
  const double entries[6] = {c * large * ci - s * small * si,
                             -c * large * si - s * small * ci,
                             s * large * ci + c * small * si,
                             -s * large * si + c * small * ci,
                             draws.uniform(-1, 1),
                             draws.uniform(-1, 1)};
  AffineMap map;
  std::ranges::transform(entries, map.entries.begin(), [](double x) { return static_cast<float>(x); });
  return map;
}

void share_draws(FractalSystem& system) {
  std::array<float, FractalSystem::kMostMaps> areas = {};
  float total = 0;
  const auto count = static_cast<size_t>(system.count);
  for (size_t m = 0; m < count; ++m) {
    const auto& [a, b, c, d, e, f] = system.maps[m].entries;
    total += areas[m] = std::abs(a * d - b * c);
  }
  float sum = 0;
  for (size_t m = 0; m < count; ++m) sum += areas[m] = std::max(areas[m], 0.01F * total);
  float until = 0;
  for (size_t m = 0; m < count; ++m) system.maps[m].until = until += areas[m] / sum;
  system.maps[count - 1].until = 1;
}

FractalSystem draw_system(Draws& draws) {
  FractalSystem system;
  system.count = 2 + static_cast<int>(draws.below(FractalSystem::kMostMaps - 1));
  for (int m = 0; m < system.count; ++m) system.maps[static_cast<size_t>(m)] = draw_map(draws);
  share_draws(system);
  return system;
}

int32_t choose(const FractalSystem& system, float at) {
  int32_t map = 0;
  while (at >= system.maps[static_cast<size_t>(map)].until) ++map;
  return map;
}

FractalPoint next(const FractalSystem& system, const FractalPoint& from, float at) {
  const int32_t map = choose(system, at);
  const auto& [a, b, c, d, e, f] = system.maps[static_cast<size_t>(map)].entries;
  const float x = a * from.x + b * from.y + e, y = c * from.x + d * from.y + f;
  const bool lost = !(std::abs(x) < kFar && std::abs(y) < kFar);  // a varied map may be no contraction
  return {lost ? 0 : x, lost ? 0 : y, map};
}

}  // namespace

void trace_fractal(const FractalSystem& system, const Rng& rng, std::span<FractalPoint> points) {
  FractalPoint point;
  for (uint64_t i = 0; i < kBurnIn; ++i) point = next(system, point, rng.uniform(i));
  for (size_t at = 0; at < points.size();) {
    for (const uint32_t bits : rng.block((kBurnIn + at) / 4)) {
      point = next(system, point, Rng::unit(bits));
      if (at < points.size()) points[at++] = point;
    }
  }
}

FractalFrame frame_of(std::span<const FractalPoint> points) {
  const auto count = static_cast<float>(points.size());
  float left = INFINITY, right = -INFINITY, top = INFINITY, bottom = -INFINITY;
  double sum_x = 0, sum_y = 0, squares_x = 0, squares_y = 0;
  for (const FractalPoint& p : points) {
    left = std::min(left, p.x), right = std::max(right, p.x);
    top = std::min(top, p.y), bottom = std::max(bottom, p.y);
    sum_x += p.x, sum_y += p.y;
    squares_x += p.x * p.x, squares_y += p.y * p.y;
  }
  const auto clip = [&](double sum, double squares, float& low, float& high) {
    const double mean = sum / count, deviation = std::sqrt(std::max(0.0, squares / count - mean * mean));
    low = std::max(low, static_cast<float>(mean - kOutliers * deviation));
    high = std::min(high, static_cast<float>(mean + kOutliers * deviation));
  };
  clip(sum_x, squares_x, left, right);
  clip(sum_y, squares_y, top, bottom);
  return {(left + right) / 2, (top + bottom) / 2, std::max({right - left, bottom - top, 1e-3F}) / 2};
}

double filling_rate(const FractalSystem& system, const Rng& rng) {
  std::vector<FractalPoint> points(kFillingPoints);
  trace_fractal(system, rng, points);
  const FractalFrame frame = frame_of(points);
  std::array<bool, kFillingSide* kFillingSide> touched = {};
  const float scale = static_cast<float>(kFillingSide) / (2 * frame.half);
  for (const FractalPoint& p : points) {
    const auto x = static_cast<int>(std::floor((p.x - frame.x + frame.half) * scale));
    const auto y = static_cast<int>(std::floor((p.y - frame.y + frame.half) * scale));
    if (x < 0 || y < 0) continue;
    const auto column = static_cast<size_t>(x), row = static_cast<size_t>(y);
    if (column < kFillingSide && row < kFillingSide) touched[row * kFillingSide + column] = true;
  }
  return static_cast<double>(std::ranges::count(touched, true)) / static_cast<double>(touched.size());
}

FractalSystem draw_fractal_class(uint64_t seed, int64_t number, double least_filling) {
  for (int64_t attempt = 0;; ++attempt) {
    Draws draws({.seed = seed, .epoch = static_cast<uint32_t>(number), .index = attempt}, "fractals.system");
    FractalSystem system = draw_system(draws);
    const Rng rng(seed, static_cast<uint32_t>(number), place_of("fractals.filling"));
    const double rate = filling_rate(system, rng);
    if (rate >= least_filling && rate <= kMostFilling) return system;
  }
}

FractalSystem vary_fractal(const FractalSystem& system, Draws& draws) {
  FractalSystem varied = system;
  const auto entry = static_cast<size_t>(draws.below(6));
  const auto weight = static_cast<float>(draws.uniform(kLeastVariation, kMostVariation));
  for (AffineMap& map : varied.maps) map.entries[entry] *= weight;
  return varied;
}

}  // namespace ax
