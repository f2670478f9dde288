#include "adapterx/data/sources/outline_coverage.h"

#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_BBOX_H
#include FT_OUTLINE_H

#include <algorithm>
#include <cmath>
#include <vector>

#include "adapterx/base/error.h"

namespace ax {
namespace {

constexpr double kUnits = 64, kMost = 30'000;  // of a pixel; pixels, beyond which the rasteriser overflows

// FreeType's own state for drawing, one a thread, and the outline as it wants it: y upwards, in 1/64 pixels.
class Rasterizer {
 public:
  Rasterizer() {
    if (FT_Init_FreeType(&library_) != 0) fail("FreeType can't be started");
  }
  ~Rasterizer() { FT_Done_FreeType(library_); }
  Rasterizer(const Rasterizer&) = delete;
  Rasterizer& operator=(const Rasterizer&) = delete;

  FT_Library library() const { return library_; }

  FT_Outline* place(const GlyphOutline& outline, const Placement& p, double height) {
    const size_t count = outline.tags.size();
    points_.resize(count);
    for (size_t i = 0; i < count; ++i) {
      const double x = outline.points[2 * i], y = outline.points[2 * i + 1];
      points_[i].x = fixed(p.xx * x + p.xy * y + p.dx);
      points_[i].y = fixed(height - (p.yx * x + p.yy * y + p.dy));
    }
    tags_.assign(outline.tags.begin(), outline.tags.end());
    ends_ = outline.contour_ends;
    outline_ = {.n_contours = static_cast<int16_t>(ends_.size()),
                .n_points = static_cast<int16_t>(count),
                .points = points_.data(),
                .tags = tags_.data(),
                .contours = ends_.data(),
                .flags = outline.even_odd ? FT_OUTLINE_EVEN_ODD_FILL : FT_OUTLINE_NONE};
    return &outline_;
  }

 private:
  static FT_Pos fixed(double pixels) { return std::lround(std::clamp(pixels, -kMost, kMost) * kUnits); }

  FT_Library library_ = nullptr;
  std::vector<FT_Vector> points_;
  std::vector<char> tags_;
  std::vector<int16_t> ends_;
  FT_Outline outline_ = {};
};

Rasterizer& rasterizer() {
  thread_local Rasterizer own;
  return own;
}

}  // namespace

InkBox ink_box(const GlyphOutline& outline, const Placement& placement) {
  FT_BBox box = {};
  if (FT_Outline_Get_BBox(rasterizer().place(outline, placement, 0), &box) != 0) return {};
  return {static_cast<double>(box.xMin) / kUnits, -static_cast<double>(box.yMax) / kUnits,
          static_cast<double>(box.xMax) / kUnits, -static_cast<double>(box.yMin) / kUnits};
}

void draw_outline(const GlyphOutline& outline, const Placement& placement, int64_t side,
                  std::span<uint8_t> coverage) {
  std::ranges::fill(coverage, uint8_t{0});
  FT_Bitmap bitmap = {};
  bitmap.rows = bitmap.width = static_cast<unsigned>(side);
  bitmap.pitch = static_cast<int>(side);
  bitmap.buffer = coverage.data();
  bitmap.num_grays = 256;
  bitmap.pixel_mode = FT_PIXEL_MODE_GRAY;
  Rasterizer& own = rasterizer();
  FT_Outline* placed = own.place(outline, placement, static_cast<double>(side));
  const FT_Error error = FT_Outline_Get_Bitmap(own.library(), placed, &bitmap);
  if (error != 0) fail("outline: expected closed contours, got FreeType's error {}", error);
}

}  // namespace ax
