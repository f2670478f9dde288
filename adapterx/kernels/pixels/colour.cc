#include "adapterx/kernels/pixels/colour.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace ax::kernels {
namespace {

uint8_t blended(int from, int to, float factor) {
  const float x = static_cast<float>(from) + factor * static_cast<float>(to - from);
  return static_cast<uint8_t>(std::clamp(x, 0.0f, 255.0f));
}

uint8_t grey_of(const uint8_t* p) {
  return static_cast<uint8_t>(
      (uint32_t{p[0]} * 19595 + uint32_t{p[1]} * 38470 + uint32_t{p[2]} * 7471 + 0x8000) >> 16);
}

using Table = std::array<uint8_t, 256>;

template <class Function>
Table table_of(const Function& function) {
  Table table;
  for (int v = 0; v < 256; ++v) table[static_cast<size_t>(v)] = static_cast<uint8_t>(function(v));
  return table;
}

void apply(const Table& table, uint8_t* pixels, int64_t count) {
  for (int64_t i = 0; i < 3 * count; ++i) pixels[i] = table[pixels[i]];
}

using Counts = std::array<int64_t, 256>;

// Maps each channel by the table of its histogram.
template <class TableOf>
void apply_by_channel(const TableOf& table_of_counts, uint8_t* pixels, int64_t count) {
  std::array<Counts, 3> counts{};
  for (int64_t i = 0; i < 3 * count; ++i) ++counts[static_cast<size_t>(i % 3)][pixels[i]];
  std::array<Table, 3> tables;
  for (size_t c = 0; c < 3; ++c) tables[c] = table_of_counts(counts[c]);
  for (int64_t i = 0; i < 3 * count; ++i) pixels[i] = tables[static_cast<size_t>(i % 3)][pixels[i]];
}

Table stretched(const Counts& counts) {
  const auto is_used = [](int64_t n) { return n > 0; };
  const auto low = std::ranges::find_if(counts, is_used) - counts.begin();
  const auto high = 255 - (std::find_if(counts.rbegin(), counts.rend(), is_used) - counts.rbegin());
  if (high <= low) return table_of([](int v) { return v; });
  const double scale = 255.0 / static_cast<double>(high - low), offset = static_cast<double>(-low) * scale;
  return table_of([&](int v) { return std::clamp(static_cast<int>(v * scale + offset), 0, 255); });
}

Table equalized(const Counts& counts) {
  int64_t total = 0, last = 0;
  for (const int64_t n : counts) {
    total += n;
    if (n > 0) last = n;
  }
  const int64_t step = (total - last) / 255;
  if (step == 0) return table_of([](int v) { return v; });
  int64_t below = step / 2;
  return table_of([&](int v) {
    const int64_t level = below / step;
    below += counts[static_cast<size_t>(v)];
    return std::min<int64_t>(level, 255);
  });
}

uint8_t smoothed(const uint8_t* p, int64_t stride) {
  int sum = 4 * p[0];
  for (const int64_t row : {-stride, int64_t{0}, stride}) sum += p[row - 3] + p[row] + p[row + 3];
  return static_cast<uint8_t>((2 * sum + 13) / 26);  // sum / 13, rounded
}

struct Hsv {
  uint8_t h, s, v;
};

// Pillow's, with its mix of f32 and double.
Hsv to_hsv(const uint8_t* p) {
  const int r = p[0], g = p[1], b = p[2];
  const int largest = std::max({r, g, b}), least = std::min({r, g, b});
  if (largest == least) return {0, 0, static_cast<uint8_t>(largest)};
  const auto range = static_cast<float>(largest - least);
  const auto part = [&](int x) { return static_cast<float>(largest - x) / range; };
  float h;
  if (r == largest) {
    h = part(b) - part(g);
  } else if (g == largest) {
    h = static_cast<float>(2.0 + part(r) - part(b));
  } else {
    h = static_cast<float>(4.0 + part(g) - part(r));
  }
  h = static_cast<float>(std::fmod(h / 6.0 + 1.0, 1.0));
  const float s = range / static_cast<float>(largest);
  return {static_cast<uint8_t>(h * 255.0), static_cast<uint8_t>(s * 255.0), static_cast<uint8_t>(largest)};
}

void from_hsv(const Hsv& hsv, uint8_t* p) {
  const double turn = static_cast<double>(hsv.h) * 6.0 / 255.0;
  const int sixth = static_cast<int>(std::floor(turn));
  const auto f = static_cast<float>(turn - sixth), s = static_cast<float>(hsv.s / 255.0);
  const auto at = [&](double x) {
    return static_cast<uint8_t>(std::clamp(std::round(hsv.v * x), 0.0, 255.0));
  };
  const uint8_t v = hsv.v, low = at(1.0 - s), falls = at(1.0 - s * f), rises = at(1.0 - s * (1.0 - f));
  const uint8_t of_sixth[6][3] = {{v, rises, low}, {falls, v, low}, {low, v, rises},
                                  {low, falls, v}, {rises, low, v}, {v, low, falls}};
  std::memcpy(p, of_sixth[sixth % 6], 3);
}

}  // namespace

void adjust_brightness(uint8_t* pixels, int64_t count, float factor) {
  apply(table_of([&](int v) { return blended(0, v, factor); }), pixels, count);
}

void adjust_contrast(uint8_t* pixels, int64_t count, float factor) {
  if (count == 0) return;
  int64_t sum = 0;
  for (int64_t i = 0; i < count; ++i) sum += grey_of(pixels + 3 * i);
  const int mean = static_cast<int>((2 * sum + count) / (2 * count));
  apply(table_of([&](int v) { return blended(mean, v, factor); }), pixels, count);
}

void adjust_saturation(uint8_t* pixels, int64_t count, float factor) {
  for (uint8_t* p = pixels; p < pixels + 3 * count; p += 3) {
    const uint8_t grey = grey_of(p);
    for (int c = 0; c < 3; ++c) p[c] = blended(grey, p[c], factor);
  }
}

void adjust_sharpness(const uint8_t* source, int64_t height, int64_t width, float factor, uint8_t* out) {
  const int64_t stride = 3 * width;
  std::memcpy(out, source, static_cast<size_t>(stride * height));
  for (int64_t y = 1; y + 1 < height; ++y) {
    for (int64_t i = y * stride + 3; i < (y + 1) * stride - 3; ++i) {
      out[i] = blended(smoothed(source + i, stride), source[i], factor);
    }
  }
}

void turn_hue(uint8_t* pixels, int64_t count, double turn) {
  const auto shift = static_cast<uint8_t>(static_cast<int>(turn * 255));
  for (uint8_t* p = pixels; p < pixels + 3 * count; p += 3) {
    Hsv hsv = to_hsv(p);
    hsv.h = static_cast<uint8_t>(hsv.h + shift);
    from_hsv(hsv, p);
  }
}

void to_grey(uint8_t* pixels, int64_t count) {
  for (uint8_t* p = pixels; p < pixels + 3 * count; p += 3) std::memset(p, grey_of(p), 3);
}

void posterize(uint8_t* pixels, int64_t count, int bits) {
  apply(table_of([&](int v) { return v & -(1 << (8 - bits)); }), pixels, count);
}

void solarize(uint8_t* pixels, int64_t count, float threshold) {
  apply(table_of([&](int v) { return static_cast<float>(v) < threshold ? v : 255 - v; }), pixels, count);
}

void autocontrast(uint8_t* pixels, int64_t count) { apply_by_channel(stretched, pixels, count); }
void equalize(uint8_t* pixels, int64_t count) { apply_by_channel(equalized, pixels, count); }

}  // namespace ax::kernels
