// Visual atoms: nested rings on an ellipse, rippled by two sinusoidal waves (Takashima et al., "Visual Atoms:
// Pre-training Vision Transformers with Sinusoidal Waves", arXiv 2303.01112). A class is the waves'
// frequencies and what the rings are like; an instance its place, jitter and colours.
//
// As there, frequencies are 0 to 20, each ring adds to the one before, and vertices are jittered. Different,
// since images are small: 1 to 20 rings instead of up to 200, that reach 0.15 to 0.5 of the side; the centre
// is in the middle half of the image; instances are also scaled and turned a little, and may be in colour.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "adapterx/data/sources/painting.h"

namespace ax {

struct AtomClass {
  static constexpr int kMostWaves = 20, kMostRings = 20, kLeastVertices = 100, kMostVertices = 240;

  int wave_1 = 0, wave_2 = 0;     // ripples around a ring; unlike, or both 0
  double ripple = 0;              // of each wave, of the ring's radius without it
  int rings = 1, vertices = 100;  // rings; corners of each
  double start = 0, reach = 0;    // radius of the innermost before its first step, of all steps; of the side
  double oval_x = 1, oval_y = 1;  // of the start
  double jitter = 0;              // of a corner in each ring, of its step; adds up outwards
};

AtomClass draw_atom_class(uint64_t seed, int64_t number);

struct AtomPoint {
  double x = 0, y = 0;
};

// The corners of all rings, [rings][vertices], about (0, 0) with y downwards, in parts of the side.
std::vector<AtomPoint> atom_corners(const AtomClass& atom, const Rng& jitter);

// An instance. coloured: the part of images that are not grey rings on black.
Image draw_atom(const AtomClass& atom, double coloured, int64_t side, const SampleKey& key,
                const std::string& name);

}  // namespace ax
