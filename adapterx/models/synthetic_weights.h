// Deterministic stand-in weights and inputs, for tests (the golden values of tests/golden are computed on
// them) and for benchmarks, where only speed matters. tools/make_golden.py makes the same bits in Python.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "adapterx/base/shape.h"

namespace ax {

// Fills a parameter, a BatchNorm's running statistics, "images" or "points" from the name and shape alone:
//   out[i] = center + spread * (2 u_i - 1),  u_i = Rng(seed, 0, place_of(name)).uniform(i),
// exact before one rounding to float, i the row-major index, with
//   name                                           center  spread
//   ends with "adaptmlp.down_proj.bias"            16, -16, 16, ... instead (see below)
//   is "head.1.bias" or "head.5.bias"              4, -4, 4, ... instead (see below)
//   ends with "bias", "tfts.beta", "running_mean"  0       0.1
//   ends with "norm.weight", "tfts.gamma",
//     "running_var", or "weight" at rank 1         1       0.2
//   ends with "cls_token", "cls_pos", "pos_embed"  0       0.5
//   is "images" or "points"                        0       1
//   is "pos_embed.0.weight", "pos_embed.2.weight"  0       4 sqrt(3 / fan_in)
//   any other                                      0       sqrt(3 / fan_in), fan_in = size / shape[0]
// An adapter's ReLU is on for every other unit, off for the rest, at 5 standard deviations from its kink or
// more; so are those of a point transformer's head, where a BatchNorm over 8 clouds or fewer gives no value
// that reaches the kink. A unit at the kink flips by rounding alone, and its gradient with it, in any
// low-precision engine. Positions of groups of points are large, as the groups would look alike else.
// Throws Error where out and shape differ in size.
void fill_synthetic(std::string_view name, const Shape& shape, std::span<float> out, uint64_t seed = 1);

// fill_synthetic in the form of a WeightSource (graph/frozen_weights.h): holds every parameter.
bool synthetic_source(std::string_view name, const Shape& shape, std::span<float> out);

// Labels of a batch: out[b] = Rng(seed, 0, place_of("labels")).bits(b) % classes.
void fill_synthetic_labels(int classes, std::span<int32_t> out, uint64_t seed = 1);

}  // namespace ax
