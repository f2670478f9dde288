// Colours over an image: one, a gradient, clouds or squares of several, as background and paint of images
// made by formulas.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "adapterx/data/draws.h"

namespace ax {

using Colour = std::array<float, 3>;  // red, green, blue: 0 to 255

inline constexpr float kLuma[3] = {0.299F, 0.587F, 0.114F};

// A colour of about this brightness (0 to 255), of random hue.
Colour draw_colour(double luma, Draws& draws);

// A brightness in [0, 255] at least `contrast` (at most 127) from `luma`.
double draw_contrasting_luma(double luma, double contrast, Draws& draws);

// A grid of colours laid over the image.
struct ColourField {
  static constexpr int kMost = 6;

  int cells = 1;      // by side, 1 to kMost
  bool hard = false;  // squares, not blends of the nearest four
  std::array<Colour, kMost* kMost> colours = {};

  void fill(int64_t side, std::span<float> rgb) const;  // rgb [side, side, 3]
};

ColourField plain_field(const Colour& colour);

// Brightness within `spread` of `luma`. Uses at most 4 + 4 * kMost^2 = 148 draws.
ColourField draw_field(double luma, double spread, Draws& draws);

}  // namespace ax
