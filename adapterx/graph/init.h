// How a parameter starts when no checkpoint holds it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "adapterx/base/shape.h"

namespace ax {

struct Init {
  enum class Kind : uint8_t {
    checkpoint,       // must come from a checkpoint: it has no start of its own
    constant,         // a
    normal,           // mean a, standard deviation b
    trunc_normal,     // the same, redrawn until within [-2, 2] (timm's trunc_normal_)
    kaiming_uniform,  // U(-k, k), k = sqrt(6 / ((1 + a^2) fan_in)), fan_in = size / shape[0]
    xavier_uniform,   // U(-k, k), k = sqrt(6 / (fan_in + fan_out))
    uniform,          // U(-a, a)
    orthogonal,       // a matrix of rows or columns, the fewer, that are orthogonal and of length a
    grid_positions,   // [1, a + n * n, d]: see below
  };
  Kind kind = Kind::checkpoint;
  float a = 0, b = 0;

  static Init checkpoint() { return {}; }
  static Init zeros() { return {Kind::constant, 0, 0}; }
  static Init ones() { return {Kind::constant, 1, 0}; }
  static Init normal(float mean, float std) { return {Kind::normal, mean, std}; }
  static Init trunc_normal(float std) { return {Kind::trunc_normal, 0, std}; }
  static Init kaiming_uniform(float a) { return {Kind::kaiming_uniform, a, 0}; }
  static Init xavier_uniform() { return {Kind::xavier_uniform, 0, 0}; }
  static Init uniform(float bound) { return {Kind::uniform, bound, 0}; }
  static Init orthogonal(float gain) { return {Kind::orthogonal, gain, 0}; }
  // Sines and cosines of the places in a square grid of tokens, row by row, which `prefix` tokens of zeros
  // precede (Vaswani et al., arXiv 1706.03762, for two axes as MAE has them): for x, then for y, q = d / 4
  // channels sin(w_i x) and q of cos(w_i x), w_i = 10000^(-i / q). Channels left over are 0.
  static Init grid_positions(int64_t prefix) { return {Kind::grid_positions, static_cast<float>(prefix), 0}; }
};

// Draws a parameter's start: a function of (init, name, shape, seed) alone. Throws Error for
// Kind::checkpoint.
void initialise(const Init& init, std::string_view name, const Shape& shape, uint64_t seed,
                std::span<float> out);

}  // namespace ax
