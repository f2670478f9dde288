// Scalar twin of kernels/pixels/pixels.h.
#pragma once

#include <cstdint>

namespace ax::twin {

inline float normalise_pixel(uint8_t pixel, float mean, float std) {
  const float x = static_cast<float>(pixel) / 255.0f;
  const float centred = x - mean;
  return centred / std;
}

}  // namespace ax::twin
