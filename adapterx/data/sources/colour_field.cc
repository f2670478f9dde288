#include "adapterx/data/sources/colour_field.h"

#include <algorithm>
#include <cmath>

namespace ax {
namespace {

Colour mixed(const Colour& a, const Colour& b, float part) {
  return {a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part, a[2] + (b[2] - a[2]) * part};
}

// Where pixel p of `side` lies in a row of cells: between `first` and the next, `part` of the way.
struct Between {
  int first, next;
  float part;
};
Between between(int64_t p, int64_t side, int cells, bool hard) {
  const float at = (static_cast<float>(p) + 0.5F) / static_cast<float>(side);
  if (hard) {
    const int cell = static_cast<int>(at * static_cast<float>(cells));
    return {cell, cell, 0};
  }
  const float position = at * static_cast<float>(cells - 1);
  const int cell = std::min(static_cast<int>(position), cells - 1);
  return {cell, std::min(cell + 1, cells - 1), position - static_cast<float>(cell)};
}

}  // namespace

Colour draw_colour(double luma, Draws& draws) {
  Colour colour;
  for (float& channel : colour) channel = static_cast<float>(draws.uniform(0, 255));
  for (int round = 0; round < 2; ++round) {  // clipping takes some of the first away
    const float missing =
        static_cast<float>(luma) - (kLuma[0] * colour[0] + kLuma[1] * colour[1] + kLuma[2] * colour[2]);
    for (float& channel : colour) channel = std::clamp(channel + missing, 0.0F, 255.0F);
  }
  return colour;
}

double draw_contrasting_luma(double luma, double contrast, Draws& draws) {
  const double below = std::max(0.0, luma - contrast), above = std::max(0.0, 255 - luma - contrast);
  const double at = draws.uniform(0, below + above);
  return at < below ? at : luma + contrast + at - below;
}

ColourField plain_field(const Colour& colour) {
  ColourField field;
  field.colours[0] = colour;
  return field;
}

ColourField draw_field(double luma, double spread, Draws& draws) {
  ColourField field;
  const double kind = draws.uniform();
  field.cells = kind < 0.4 ? 1 : kind < 0.7 ? 2 : 3 + static_cast<int>(draws.below(ColourField::kMost - 2));
  field.hard = draws.chance(0.3);
  const bool one_hue = draws.chance(0.5);
  const Colour base = draw_colour(luma, draws);
  for (int i = 0; i < field.cells * field.cells; ++i) {
    const double level = std::clamp(luma + draws.uniform(-spread, spread), 0.0, 255.0);
    Colour colour = one_hue ? base : draw_colour(level, draws);
    if (one_hue) {
      for (float& channel : colour) {
        channel = std::clamp(channel + static_cast<float>(level - luma), 0.0F, 255.0F);
      }
    }
    field.colours[static_cast<size_t>(i)] = colour;
  }
  return field;
}

void ColourField::fill(int64_t side, std::span<float> rgb) const {
  std::array<Colour, kMost> row;
  float* out = rgb.data();
  for (int64_t y = 0; y < side; ++y) {
    const Between v = between(y, side, cells, hard);
    for (int c = 0; c < cells; ++c) {
      row[static_cast<size_t>(c)] = mixed(colours[static_cast<size_t>(v.first * cells + c)],
                                          colours[static_cast<size_t>(v.next * cells + c)], v.part);
    }
    for (int64_t x = 0; x < side; ++x, out += 3) {
      const Between h = between(x, side, cells, hard);
      const Colour colour =
          mixed(row[static_cast<size_t>(h.first)], row[static_cast<size_t>(h.next)], h.part);
      std::copy(colour.begin(), colour.end(), out);
    }
  }
}

}  // namespace ax
