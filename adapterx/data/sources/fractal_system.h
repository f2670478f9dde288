// Iterated function systems and their attractors, by the chaos game.
//
// Classes of fractals as FractalDB has them (Kataoka et al., "Pre-training without Natural Images", arXiv
// 2101.08515): a random system of 2 to 8 affine maps is a class if its attractor fills enough of the image.
// Maps are drawn by turns and singular values (Anderson and Farrell, "Improving Fractal Pre-training", arXiv
// 2110.03091) and not by uniform entries, so that all are contractions and few systems are drawn in vain.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "adapterx/base/rng.h"
#include "adapterx/data/draws.h"

namespace ax {

// (x, y) comes to (a x + b y + e, c x + d y + f).
struct AffineMap {
  std::array<float, 6> entries = {};  // a to f
  float until = 1;                    // the maps' shares of the draws, those of the maps before included
};

struct FractalSystem {
  static constexpr int kMostMaps = 8;

  int count = 0;
  std::array<AffineMap, kMostMaps> maps = {};
};

struct FractalPoint {
  float x = 0, y = 0;
  int32_t map = 0;  // the last one applied
};

// The middle and the half side of a square that holds the points but for what lies far out (2.5 standard
// deviations).
struct FractalFrame {
  float x = 0, y = 0, half = 1;
};

// Points of the attractor, by maps drawn in proportion to their determinants, never below a hundredth of them
// all.
void trace_fractal(const FractalSystem& system, const Rng& rng, std::span<FractalPoint> points);

FractalFrame frame_of(std::span<const FractalPoint> points);

// The part of 32 x 32 squares of the frame that 2,000 points touch.
double filling_rate(const FractalSystem& system, const Rng& rng);

// The system of a class: the first drawn whose filling rate lies in [least_filling, 0.45].
FractalSystem draw_fractal_class(uint64_t seed, int64_t number, double least_filling);

// The system with one of the six entries, that of all maps alike, times a weight from 0.8 to 1.2: an instance
// of the class.
FractalSystem vary_fractal(const FractalSystem& system, Draws& draws);

}  // namespace ax
