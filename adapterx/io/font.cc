#include "adapterx/io/font.h"

#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_OUTLINE_H

#include <algorithm>

#include "adapterx/base/error.h"

namespace ax {
namespace {

// A program that shows a glyph of no use is stopped by this many points.
constexpr int kMostPoints = 4096;

}  // namespace

struct Font::State {
  FT_Library library = nullptr;
  FT_Face face = nullptr;
  bool has_characters = false;

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
  state_->has_characters =
      FT_IS_SCALABLE(state_->face) && FT_Select_Charmap(state_->face, FT_ENCODING_UNICODE) == 0;
}

Font::~Font() = default;
Font::Font(Font&&) noexcept = default;
Font& Font::operator=(Font&&) noexcept = default;

std::optional<GlyphOutline> Font::outline(char32_t character) const {
  FT_Face face = state_->face;
  if (!state_->has_characters) return {};
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

}  // namespace ax
