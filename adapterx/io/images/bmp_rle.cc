#include "adapterx/io/images/bmp_rle.h"

#include <algorithm>

namespace ax {

bool unpack_bmp_runs(std::span<const uint8_t> data, bool four_bits, int64_t width, int64_t height,
                     uint8_t* indices) {
  int64_t x = 0, y = 0;
  const auto put = [&](int64_t i, uint8_t value) {
    if (four_bits) value = i % 2 == 0 ? value >> 4 : value & 15;
    if (x < width && y < height) indices[y * width + x] = value;
    x = std::min(x + 1, width);
  };
  size_t at = 0;
  while (y < height && !(y == height - 1 && x == width)) {
    if (data.size() - at < 2) return false;
    const int64_t count = data[at], value = data[at + 1];
    at += 2;
    if (count > 0) {
      for (int64_t i = 0; i < count; ++i) put(i, static_cast<uint8_t>(value));
    } else if (value == 0) {
      x = 0;
      ++y;
    } else if (value == 1) {
      return true;
    } else if (value == 2) {
      if (data.size() - at < 2) return false;
      x = std::min(x + data[at], width);
      y += data[at + 1];
      at += 2;
    } else {
      const size_t bytes = static_cast<size_t>(four_bits ? (value + 1) / 2 : value);
      if (data.size() - at < bytes) return false;
      for (int64_t i = 0; i < value; ++i) put(i, data[at + static_cast<size_t>(four_bits ? i / 2 : i)]);
      at = std::min(at + bytes + bytes % 2, data.size());
    }
  }
  return true;
}

}  // namespace ax
