#include "adapterx/data/sources/fractal_image.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace ax {
namespace {

constexpr double kMostTurn = std::numbers::pi / 6, kLeastScale = 0.6;
constexpr double kContrast = 80, kSpread = 25, kByMap = 0.5;
constexpr float kDensity = 0.4F;  // of points on a pixel to coverage
constexpr int kStampSide = 3;
constexpr size_t kPointsAStamp = 4;

struct Canvas {
  Painting painting{1};
  std::vector<FractalPoint> points;
  std::vector<float> density, paint;  // [side, side]; [side, side, 3]
  std::vector<uint8_t> coverage;      // [side, side]
};

Canvas& canvas_of(int64_t side, int64_t points) {
  thread_local Canvas own;
  if (own.painting.side() != side) own.painting = Painting(side);
  const auto pixels = static_cast<size_t>(side * side);
  own.points.resize(static_cast<size_t>(points));
  own.density.assign(pixels, 0);
  own.paint.resize(3 * pixels);
  own.coverage.assign(pixels, 0);
  return own;
}

// The points' places in pixels, in place of their own.
void place(std::span<FractalPoint> points, int64_t side, Draws& draws) {
  const FractalFrame frame = frame_of(points);
  const auto pixels = static_cast<double>(side);
  const double angle = draws.uniform(-kMostTurn, kMostTurn), extent = pixels * draws.uniform(kLeastScale, 1);
  const double scale = extent / 2 / static_cast<double>(frame.half), mirror = draws.chance(0.5) ? -1 : 1;
  const double room = (pixels - extent) / 2;
  const auto middle_x = static_cast<float>(pixels / 2 + draws.uniform(-room, room));
  const auto middle_y = static_cast<float>(pixels / 2 + draws.uniform(-room, room));
  const auto c = static_cast<float>(scale * std::cos(angle)), s = static_cast<float>(scale * std::sin(angle));
  const auto flip = static_cast<float>(mirror);
  for (FractalPoint& p : points) {
    const float x = flip * (p.x - frame.x), y = p.y - frame.y;
    p.x = middle_x + c * x - s * y;
    p.y = middle_y + s * x + c * y;
  }
}

// Each point shared by the four pixels whose middles are nearest.
void cover_by_density(Canvas& canvas, int64_t side) {
  for (const FractalPoint& p : canvas.points) {
    const float left = std::floor(p.x - 0.5F), top = std::floor(p.y - 0.5F);
    if (!(left >= 0 && top >= 0 && left < static_cast<float>(side - 1) &&
          top < static_cast<float>(side - 1))) {
      continue;
    }
    const float right = p.x - 0.5F - left, below = p.y - 0.5F - top;
    float* at = canvas.density.data() + static_cast<int64_t>(top) * side + static_cast<int64_t>(left);
    at[0] += (1 - right) * (1 - below);
    at[1] += right * (1 - below);
    at[side] += (1 - right) * below;
    at[side + 1] += right * below;
  }
  std::ranges::transform(canvas.density, canvas.coverage.begin(), [](float density) {
    return static_cast<uint8_t>(255 * (density > 0 ? 1 - std::exp(-kDensity * density) : 0) + 0.5F);
  });
}

void cover_by_stamps(Canvas& canvas, int64_t side, Draws& draws) {
  const auto pattern = static_cast<uint32_t>(1 + draws.below((1 << (kStampSide * kStampSide)) - 1));
  for (size_t i = 0; i < canvas.points.size(); i += kPointsAStamp) {
    const FractalPoint& p = canvas.points[i];
    const auto left = static_cast<int64_t>(std::floor(p.x)) - 1,
               top = static_cast<int64_t>(std::floor(p.y)) - 1;
    if (left < 0 || top < 0 || left + kStampSide > side || top + kStampSide > side) continue;
    uint8_t* at = canvas.coverage.data() + top * side + left;
    for (int bit = 0; bit < kStampSide * kStampSide; ++bit) {
      if ((pattern >> bit & 1) != 0) at[bit / kStampSide * side + bit % kStampSide] = 255;
    }
  }
}

// Where points lie, half of the paint comes from the colours of their maps, later points over earlier ones.
void paint_by_map(Canvas& canvas, int64_t side, double luma, Draws& draws) {
  std::array<Colour, FractalSystem::kMostMaps> colours;
  for (Colour& colour : colours) colour = draw_colour(luma, draws);
  for (const FractalPoint& p : canvas.points) {
    const auto x = static_cast<int64_t>(std::floor(p.x)), y = static_cast<int64_t>(std::floor(p.y));
    if (x < 0 || y < 0 || x >= side || y >= side) continue;
    float* at = canvas.paint.data() + 3 * (y * side + x);
    const Colour& colour = colours[static_cast<size_t>(p.map)];
    for (size_t c = 0; c < 3; ++c) at[c] = (at[c] + colour[c]) / 2;
  }
}

void choose_colours(Canvas& canvas, bool coloured, int64_t side, const SampleKey& key) {
  if (!coloured) {
    canvas.painting.fill(plain_field({0, 0, 0}));
    plain_field({255, 255, 255}).fill(side, canvas.paint);
    return;
  }
  Draws draws(key, "fractals.colours"), ground(key, "fractals.ground"), paint(key, "fractals.paint");
  const double luma = draws.uniform(0, 255), other = draw_contrasting_luma(luma, kContrast, draws);
  canvas.painting.fill(draw_field(luma, kSpread, ground));
  draw_field(other, kSpread, paint).fill(side, canvas.paint);
  if (draws.chance(kByMap)) paint_by_map(canvas, side, other, draws);
}

}  // namespace

Image draw_fractal(const FractalSystem& system, const FractalStyle& style, int64_t side, const SampleKey& key,
                   const std::string& name) {
  Canvas& canvas = canvas_of(side, style.points);
  Draws draws(key, "fractals.image");
  const Rng rng(key.seed, static_cast<uint32_t>(key.index), place_of("fractals.points"));
  trace_fractal(vary_fractal(system, draws), rng, canvas.points);
  place(canvas.points, side, draws);
  choose_colours(canvas, draws.chance(style.coloured), side, key);
  if (draws.chance(style.stamped)) {
    cover_by_stamps(canvas, side, draws);
  } else {
    cover_by_density(canvas, side);
  }
  canvas.painting.blend(canvas.paint, canvas.coverage);
  return canvas.painting.image(name);
}

}  // namespace ax
