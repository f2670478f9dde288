// Placement: where a sample came to lie in a model's input, as preprocessing and augmentation drew it.
// Targets (data/targets.h) that belong to places are carried along by it: a mask is read at source() of each
// position of the input, and a box or a point goes to input().
#pragma once

#include "adapterx/kernels/pixels/affine_pixels.h"

namespace ax {

// In pixels from the upper left corner: pixel (i, j) covers [i, i + 1) x [j, j + 1).
struct Position {
  double x = 0, y = 0;
};

class Placement {
 public:
  Placement() = default;  // the input is the sample
  // Of positions in the input to positions in the sample.
  explicit Placement(const kernels::AffineMap& source_of) : source_of_(source_of) {}

  Position source(const Position& input) const;
  // Throws Error on a map that can't be turned around.
  Position input(const Position& source) const;
  // Of what a further step makes of this input.
  Placement then(const Placement& next) const;

 private:
  kernels::AffineMap source_of_ = {1, 0, 0, 0, 1, 0};
};

// The input is the part of the sample that begins at `begin`, `scale_x` and `scale_y` pixels of the sample
// for each of its own.
Placement scaled_part(const Position& begin, double scale_x, double scale_y);
// The input is the sample left-right, `width` pixels wide.
Placement mirrored(double width);

}  // namespace ax
