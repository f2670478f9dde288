#include "adapterx/io/images/font.h"

#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_OUTLINE_H

#include <algorithm>
#include <span>

#include "adapterx/base/error.h"

namespace ax {
namespace {

// A program that shows a glyph of no use is stopped by this many points.
constexpr int kMostPoints = 4096;
constexpr unsigned kMostSide = 4096;

bool select_largest(FT_Face face) {
  if (!FT_HAS_FIXED_SIZES(face)) return false;
  const std::span sizes(face->available_sizes, static_cast<size_t>(face->num_fixed_sizes));
  const auto largest = std::ranges::max_element(sizes, {}, &FT_Bitmap_Size::y_ppem);
  return FT_Select_Size(face, static_cast<FT_Int>(largest - sizes.begin())) == 0;
}

// Blue, green, red, alpha, the colours multiplied by alpha.
Image over_white(const FT_Bitmap& bitmap) {
  Image image = new_image("glyph", bitmap.width, bitmap.rows);
  for (int64_t y = 0; y < image.height; ++y) {
    const uint8_t* from = bitmap.buffer + y * bitmap.pitch;
    uint8_t* to = image.row(y);
    for (int64_t x = 0; x < image.width; ++x, from += 4, to += 3) {
      const int white = 255 - from[3];
      for (int channel = 0; channel < 3; ++channel) {
        to[channel] = static_cast<uint8_t>(std::min(from[2 - channel] + white, 255));
      }
    }
  }
  return image;
}

}  // namespace

struct Font::State {
  FT_Library library = nullptr;
  FT_Face face = nullptr;
  bool has_outlines = false, has_pictures = false;

  ~State() {
    if (face != nullptr) FT_Done_Face(face);
    if (library != nullptr) FT_Done_FreeType(library);
  }
};

Font::Font(const std::filesystem::path& file) : state_(std::make_unique<State>()) {
  if (FT_Init_FreeType(&state_->library) != 0) fail("{}: FreeType can't be started", file.string());
  const FT_Error error = FT_New_Face(state_->library, file.c_str(), 0, &state_->face);
  if (error != 0) {
    fail("{}: expected a font, got a file that FreeType can't read (its error {})", file.string(), error);
  }
  const bool has_characters = FT_Select_Charmap(state_->face, FT_ENCODING_UNICODE) == 0;
  state_->has_outlines = has_characters && FT_IS_SCALABLE(state_->face);
  state_->has_pictures = has_characters && FT_HAS_COLOR(state_->face) && select_largest(state_->face);
}

Font::~Font() = default;
Font::Font(Font&&) noexcept = default;
Font& Font::operator=(Font&&) noexcept = default;

std::optional<GlyphOutline> Font::outline(char32_t character) const {
  FT_Face face = state_->face;
  if (!state_->has_outlines) return {};
  const FT_UInt index = FT_Get_Char_Index(face, character);
  if (index == 0 || FT_Load_Glyph(face, index, FT_LOAD_NO_SCALE | FT_LOAD_NO_BITMAP) != 0) return {};
  if (face->glyph->format != FT_GLYPH_FORMAT_OUTLINE) return {};
  const FT_Outline& from = face->glyph->outline;
  if (from.n_points < 3 || from.n_points > kMostPoints || from.n_contours < 1) return {};
  GlyphOutline outline{.even_odd = (from.flags & FT_OUTLINE_EVEN_ODD_FILL) != 0};
  for (int i = 0; i < from.n_points; ++i) {
    for (const FT_Pos value : {from.points[i].x, from.points[i].y}) {
      outline.points.push_back(static_cast<int16_t>(std::clamp<FT_Pos>(value, INT16_MIN, INT16_MAX)));
    }
    outline.tags.push_back(static_cast<uint8_t>(FT_CURVE_TAG(from.tags[i])));
  }
  outline.contour_ends.assign(from.contours, from.contours + from.n_contours);
  return outline;
}

std::optional<Image> Font::picture(char32_t character) const {
  FT_Face face = state_->face;
  if (!state_->has_pictures) return {};
  const FT_UInt index = FT_Get_Char_Index(face, character);
  if (index == 0 || FT_Load_Glyph(face, index, FT_LOAD_COLOR) != 0) return {};
  const FT_Bitmap& bitmap = face->glyph->bitmap;
  const bool usable = face->glyph->format == FT_GLYPH_FORMAT_BITMAP &&
                      bitmap.pixel_mode == FT_PIXEL_MODE_BGRA && bitmap.buffer != nullptr && bitmap.pitch > 0;
  if (!usable || bitmap.width - 1 >= kMostSide || bitmap.rows - 1 >= kMostSide) return {};
  return over_white(bitmap);
}

}  // namespace ax
