// Images in the making: floats from 0 to 255 on which coverage is painted, then blurred, made noisy and
// rounded.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "adapterx/base/rng.h"
#include "adapterx/data/sources/colour_field.h"
#include "adapterx/io/images/image.h"

namespace ax {

class Painting {
 public:
  explicit Painting(int64_t side) : side_(side), rgb_(size()), paint_(size()) {}

  int64_t side() const { return side_; }

  void fill(const ColourField& field) { field.fill(side_, rgb_); }

  // Blends the field in by coverage [side, side], 0 to 255, times `opacity`.
  void blend(const ColourField& field, std::span<const uint8_t> coverage, float opacity = 1);
  // The same of a colour for each pixel, [side, side, 3].
  void blend(std::span<const float> rgb, std::span<const uint8_t> coverage, float opacity = 1);

  // A dot of a pixel's size about (x, y), shared by the pixels that it covers. Nothing within half a pixel of
  // the edge, and beyond.
  void dot(float x, float y, const Colour& colour, float opacity);

  void blur();  // by (1 2 1) / 4 along both axes; beyond the edge is what is at the edge

  // Adds to each pixel's channels one number, or to each channel its own: of a triangular distribution about
  // zero of this standard deviation. Draws 0 to (side^2 or 3 side^2) / 2 of rng.
  void add_noise(float deviation, bool coloured, const Rng& rng);

  Image image(const std::string& name) const;  // rounded and clipped

 private:
  size_t size() const { return static_cast<size_t>(3 * side_ * side_); }

  int64_t side_;
  std::vector<float> rgb_, paint_;  // [side, side, 3]
};

}  // namespace ax
