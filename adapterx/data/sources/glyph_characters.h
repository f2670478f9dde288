// Characters with their shapes in all fonts at hand.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "adapterx/io/images/font.h"

namespace ax {

struct GlyphCharacter {
  char32_t code = 0;
  std::vector<GlyphOutline> outlines = {};  // each once, though several fonts may have the same

  std::string name() const;  // "U+0416 Ж", in UTF-8
};

// Letters of Latin, Greek and Cyrillic, digits and signs, then letters of further scripts, in the order in
// which they are taken for classes. Of those that look alike up to their size, or turned, one is there: C but
// not c, P but not Greek rho or Cyrillic er, d but not p.
const std::u32string& glyph_candidates();

// The first `count` candidates that at least `least_fonts` of the fonts (.ttf, .otf, .ttc, .pfb) below the
// folder hold as an outline. Files that are no fonts are passed over. Throws Error where the folder is
// missing or its fonts hold too few, saying how many and what to install.
std::vector<GlyphCharacter> read_glyph_characters(const std::filesystem::path& folder, int64_t count,
                                                  int64_t least_fonts);

}  // namespace ax
