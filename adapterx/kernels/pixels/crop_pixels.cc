#include "adapterx/kernels/pixels/crop_pixels.h"

#include <algorithm>
#include <cstring>

namespace ax::kernels {
namespace {

// The position that a position beyond the edges sees; `size` of 1 has only one.
int64_t reflected(int64_t i, int64_t size) {
  if (i < 0) i = -i;
  if (i >= size) i = 2 * (size - 1) - i;
  return std::clamp<int64_t>(i, 0, size - 1);
}

}  // namespace

void shift_crop(const uint8_t* source, int64_t size, int64_t y, int64_t x, Border border, uint8_t* out) {
  const auto stride = static_cast<size_t>(3 * size);
  const int64_t begin = std::max<int64_t>(0, -x), end = std::min(size, size - x);  // of the columns inside
  for (int64_t r = 0; r < size; ++r, out += stride) {
    const bool inside = r + y >= 0 && r + y < size;
    if (border == Border::zero && !inside) {
      std::memset(out, 0, stride);
      continue;
    }
    const uint8_t* row = source + stride * static_cast<size_t>(reflected(r + y, size));
    std::memcpy(out + 3 * begin, row + 3 * (begin + x), static_cast<size_t>(3 * (end - begin)));
    const auto outside = [&](int64_t c) {
      if (border == Border::zero) {
        std::memset(out + 3 * c, 0, 3);
      } else {
        std::memcpy(out + 3 * c, row + 3 * reflected(c + x, size), 3);
      }
    };
    for (int64_t c = 0; c < begin; ++c) outside(c);
    for (int64_t c = end; c < size; ++c) outside(c);
  }
}

void mirror_rows(uint8_t* pixels, int64_t height, int64_t width) {
  for (int64_t y = 0; y < height; ++y, pixels += 3 * width) {
    uint8_t *left = pixels, *right = pixels + 3 * (width - 1);
    for (; left < right; left += 3, right -= 3) std::swap_ranges(left, left + 3, right);
  }
}

}  // namespace ax::kernels
