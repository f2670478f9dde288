#include "adapterx/data/sources/painting.h"

#include <algorithm>
#include <cmath>

namespace ax {
namespace {

// One line of `count` values, `stride` apart, in place.
void blur_line(float* values, int64_t count, int64_t stride) {
  float before = values[0];
  for (int64_t i = 0; i < count; ++i) {
    float& value = values[i * stride];
    const float after = i + 1 < count ? values[(i + 1) * stride] : value;
    const float blurred = 0.25F * (before + after) + 0.5F * value;
    before = value;
    value = blurred;
  }
}

}  // namespace

void Painting::blend(const ColourField& field, std::span<const uint8_t> coverage, float opacity) {
  field.fill(side_, paint_);
  blend(paint_, coverage, opacity);
}

void Painting::blend(std::span<const float> rgb, std::span<const uint8_t> coverage, float opacity) {
  const float unit = opacity / 255;
  for (size_t p = 0; p < coverage.size(); ++p) {
    if (coverage[p] == 0) continue;
    const float part = unit * coverage[p];
    for (size_t c = 3 * p; c < 3 * p + 3; ++c) rgb_[c] += part * (rgb[c] - rgb_[c]);
  }
}

void Painting::dot(float x, float y, const Colour& colour, float opacity) {
  const float left = std::floor(x - 0.5F), top = std::floor(y - 0.5F), last = static_cast<float>(side_ - 1);
  if (!(left >= 0 && top >= 0 && left < last && top < last)) return;
  const float right = x - 0.5F - left, below = y - 0.5F - top;
  const float parts[2][2] = {{(1 - right) * (1 - below), right * (1 - below)},
                             {(1 - right) * below, right * below}};
  float* at = rgb_.data() + 3 * (static_cast<int64_t>(top) * side_ + static_cast<int64_t>(left));
  for (const auto& row : parts) {
    for (size_t i = 0; i < 6; ++i) at[i] += opacity * row[i / 3] * (colour[i % 3] - at[i]);
    at += 3 * side_;
  }
}

void Painting::blur() {
  for (int64_t line = 0; line < side_; ++line) {
    for (int64_t c = 0; c < 3; ++c) {
      blur_line(rgb_.data() + 3 * side_ * line + c, side_, 3);
      blur_line(rgb_.data() + 3 * line + c, side_, 3 * side_);
    }
  }
}

void Painting::add_noise(float deviation, bool coloured, const Rng& rng) {
  // The sum of two of 256 steps each is triangular, of variance 2 * 255 * 257 / 12.
  const float unit = deviation / std::sqrt(2.0F * 255 * 257 / 12);
  const size_t repeats = coloured ? 1 : 3;
  size_t at = 0;
  for (uint64_t block = 0; at < rgb_.size(); ++block) {
    for (const uint32_t bits : rng.block(block)) {
      for (int half = 0; half < 2 && at < rgb_.size(); ++half) {
        const uint32_t pair = bits >> (16 * half);
        const float noise = unit * (static_cast<float>((pair & 0xFF) + ((pair >> 8) & 0xFF)) - 255);
        for (size_t r = 0; r < repeats; ++r) rgb_[at++] += noise;
      }
    }
  }
}

Image Painting::image(const std::string& name) const {
  Image image = new_image(name, side_, side_);
  std::ranges::transform(rgb_, image.pixels.get(), [](float value) {
    return static_cast<uint8_t>(std::clamp(value, 0.0F, 255.0F) + 0.5F);
  });
  return image;
}

}  // namespace ax
