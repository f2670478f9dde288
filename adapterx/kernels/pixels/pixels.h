// From 8-bit pixels to the input of a model.
#pragma once

#include <array>
#include <cstdint>

namespace ax::kernels {

// Statistics a model's images were normalised by, in units of pixel / 255, for red, green and blue.
struct PixelStats {
  std::array<float, 3> mean = {0.485f, 0.456f, 0.406f}, std = {0.229f, 0.224f, 0.225f};  // ImageNet
};

// out[c, i] = (pixels[i, c] / 255 - mean[c]) / std[c], every step rounded to f32: equal bit for bit to
// torchvision's ToTensor and Normalize.
// pixels: u8 [count, channels], channels 3, or 1 (grey, taken three times); out: [3, count].
void normalise_pixels(const uint8_t* pixels, int64_t count, int channels, const PixelStats& stats,
                      float* out);

}  // namespace ax::kernels
