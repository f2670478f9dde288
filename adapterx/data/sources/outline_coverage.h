// How much of each pixel lies inside an outline that is turned, sheared, scaled and placed: antialiased from
// the curves themselves, by FreeType's rasteriser.
#pragma once

#include <cstdint>
#include <span>

#include "adapterx/io/images/font.h"

namespace ax {

// A point (x, y) of the outline, y upwards, comes to (xx x + xy y + dx, yx x + yy y + dy) in the image:
// pixels, y downwards.
struct Placement {
  double xx = 1, xy = 0, yx = 0, yy = -1, dx = 0, dy = 0;
};

struct InkBox {
  double left = 0, top = 0, right = 0,
         bottom = 0;  // pixels, to 1/64; of the curves, not their control points

  double width() const { return right - left; }
  double height() const { return bottom - top; }
};

InkBox ink_box(const GlyphOutline& outline, const Placement& placement);

// coverage [side, side]: 0 to 255. Throws Error where the outline contradicts itself.
void draw_outline(const GlyphOutline& outline, const Placement& placement, int64_t side,
                  std::span<uint8_t> coverage);

}  // namespace ax
