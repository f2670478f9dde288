// A fractal's points as an image: as a density of points or stamped with a pattern, in grey or in colours.
#pragma once

#include <string>

#include "adapterx/data/sources/fractal_system.h"
#include "adapterx/data/sources/painting.h"

namespace ax {

struct FractalStyle {
  int64_t points = 4000;
  double stamped = 0.5;   // part of the images made by stamping a random pattern of 3 x 3 pixels at each
                          // fourth point, as FractalDB does at all; the others show how dense points lie
  double coloured = 0.5;  // part of the images that are not white on black
};

// An instance of the class: varied, mirrored, turned by up to 30 degrees, scaled to 0.6 to 1 of the side and
// placed.
Image draw_fractal(const FractalSystem& system, const FractalStyle& style, int64_t side, const SampleKey& key,
                   const std::string& name);

}  // namespace ax
