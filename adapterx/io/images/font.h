// Characters from font files (TrueType, OpenType, Type 1), read by FreeType: as outlines where the font is
// scalable, as pictures where it holds bitmaps in colour, as fonts of emoji do.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "adapterx/io/images/image.h"

namespace ax {

// Closed contours of lines and quadratic or cubic curves, in the font's units, y upwards.
struct GlyphOutline {
  std::vector<int16_t> points = {};  // x and y in turns
  std::vector<uint8_t> tags = {};    // of each point: FreeType's FT_CURVE_TAG (on the curve, conic, cubic)
  std::vector<int16_t> contour_ends = {};  // each contour's last point
  bool even_odd = false;                   // what is inside; else where the winding is not zero

  friend auto operator<=>(const GlyphOutline&, const GlyphOutline&) = default;
};

// One font file. Not for several threads at a time, but fonts don't share anything.
class Font {
 public:
  // Throws Error naming the file where it can't be read or is no font. Of a collection the first font.
  explicit Font(const std::filesystem::path& file);
  ~Font();
  Font(Font&&) noexcept;
  Font& operator=(Font&&) noexcept;

  // Nothing where the font lacks the character, shows it by no outline (a blank, a bitmap), or is damaged
  // there.
  std::optional<GlyphOutline> outline(char32_t character) const;

  // The character in the largest of the font's sizes of bitmaps, over white. Nothing where it has none in
  // colour, or is damaged there.
  std::optional<Image> picture(char32_t character) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ax
