#include "adapterx/data/sources/dsprite.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace ax {
namespace {

struct Point {
  double x, y;  // of an outline: in units of the image at scale 1, y downwards
};
using Outline = std::vector<Point>;

constexpr int kVertices = 128;

template <class Curve>
Outline trace(Curve curve) {
  Outline outline;
  for (int i = 0; i < kVertices; ++i) outline.push_back(curve(2 * std::numbers::pi * i / kVertices));
  return outline;
}

Outline square() { return {{-0.15, -0.15}, {0.15, -0.15}, {0.15, 0.15}, {-0.15, 0.15}}; }

Outline ellipse() {
  return trace([](double t) { return Point{0.2 * std::cos(t), 0.1125 * std::sin(t)}; });
}

Outline heart() {
  constexpr double kTop = 11.9233, kTip = -17, kAbove = 0.43;  // of its middle the centre of turning lies
  constexpr double kCentre = (kTop + kTip) / 2 + kAbove;
  return trace([](double t) {
    const double x = 16 * std::pow(std::sin(t), 3);
    const double y = 13 * std::cos(t) - 5 * std::cos(2 * t) - 2 * std::cos(3 * t) - std::cos(4 * t);
    return Point{0.3 * x / 32, -0.3 * (y - kCentre) / (kTop - kTip)};
  });
}

const Outline& outline_of(int shape) {
  static const std::array<Outline, 3> outlines = {square(), ellipse(), heart()};
  return outlines[static_cast<size_t>(shape)];
}

// Where an outline crosses the middle lines of the rows of pixels.
class Crossings {
 public:
  void add_edge(Point a, Point b) {
    if (a.y > b.y) std::swap(a, b);
    const int64_t first = std::max<int64_t>(first_centre(a.y), 0),
                  end = std::min(first_centre(b.y), kDspriteSide);
    for (int64_t row = first; row < end; ++row) {
      const double y = static_cast<double>(row) + 0.5;
      auto& [count, xs] = rows_[static_cast<size_t>(row)];
      if (count < xs.size()) xs[count++] = a.x + (b.x - a.x) * (y - a.y) / (b.y - a.y);
    }
  }

  void fill(std::span<uint8_t, kDspriteSide * kDspriteSide> grey) {
    std::ranges::fill(grey, uint8_t{0});
    for (size_t row = 0; row < rows_.size(); ++row) {
      auto& [count, xs] = rows_[row];
      std::sort(xs.begin(), xs.begin() + static_cast<ptrdiff_t>(count));
      for (size_t i = 0; i + 1 < count; i += 2) {
        const int64_t first = std::clamp<int64_t>(first_centre(xs[i]), 0, kDspriteSide),
                      end = std::clamp<int64_t>(first_centre(xs[i + 1]), 0, kDspriteSide);
        const auto begin = grey.begin() + static_cast<ptrdiff_t>(row) * kDspriteSide;
        std::fill(begin + first, begin + std::max(first, end), uint8_t{255});
      }
    }
  }

 private:
  struct Row {
    size_t count = 0;
    std::array<double, 8> xs = {};
  };

  // The first pixel whose centre is at or beyond a coordinate.
  static int64_t first_centre(double at) { return static_cast<int64_t>(std::ceil(at - 0.5)); }

  std::array<Row, kDspriteSide> rows_ = {};
};

double centre_of(int position) { return kDspriteSide * (0.25 + 0.5 * position / 31); }

}  // namespace

Dsprite dsprite_at(int64_t index) {
  const auto next = [&index](int64_t count) {
    const auto value = static_cast<int>(index % count);
    index /= count;
    return value;
  };
  Dsprite sprite;
  sprite.y = next(32);
  sprite.x = next(32);
  sprite.orientation = next(40);
  sprite.scale = next(6);
  sprite.shape = next(3);
  return sprite;
}

void draw_dsprite(const Dsprite& sprite, std::span<uint8_t, kDspriteSide * kDspriteSide> grey) {
  const double angle = 2 * std::numbers::pi * sprite.orientation / 39;
  const double size = kDspriteSide * (0.5 + 0.1 * sprite.scale);
  const double cosine = size * std::cos(angle), sine = size * std::sin(angle);
  const double x = centre_of(sprite.x), y = centre_of(sprite.y);
  const auto placed = [&](const Point& p) {
    return Point{x + cosine * p.x + sine * p.y, y - sine * p.x + cosine * p.y};
  };
  const Outline& outline = outline_of(sprite.shape);
  Crossings crossings;
  Point last = placed(outline.back());
  for (const Point& point : outline) {
    const Point next = placed(point);
    crossings.add_edge(last, next);
    last = next;
  }
  crossings.fill(grey);
}

}  // namespace ax
