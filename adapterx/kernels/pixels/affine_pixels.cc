#include "adapterx/kernels/pixels/affine_pixels.h"

#include <cmath>
#include <cstring>

namespace ax::kernels {
namespace {

int64_t fixed(double x) { return static_cast<int64_t>(std::floor(x * 65536 + 0.5)); }

}  // namespace

void affine_pixels(const uint8_t* source, int64_t height, int64_t width, const AffineMap& m, uint8_t* out) {
  const int64_t xx = fixed(m[0]), xy = fixed(m[1]), yx = fixed(m[3]), yy = fixed(m[4]);
  const int64_t x0 = fixed(m[2] + m[0] * 0.5 + m[1] * 0.5), y0 = fixed(m[5] + m[3] * 0.5 + m[4] * 0.5);
  for (int64_t y = 0; y < height; ++y) {
    int64_t from_x = x0 + y * xy, from_y = y0 + y * yy;
    for (int64_t x = 0; x < width; ++x, out += 3, from_x += xx, from_y += yx) {
      const int64_t column = from_x >> 16, row = from_y >> 16;
      if (column < 0 || column >= width || row < 0 || row >= height) {
        std::memset(out, 0, 3);
      } else {
        std::memcpy(out, source + 3 * (row * width + column), 3);
      }
    }
  }
}

}  // namespace ax::kernels
