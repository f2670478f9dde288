// Characters rendered from fonts, each a function of seed and number: what is it, where, how large, how
// turned?
#pragma once

#include "adapterx/base/setting.h"
#include "adapterx/data/images/image_dataset.h"

namespace ax {

inline constexpr int32_t kGlyphPlaceBins = 16, kGlyphAngleBins = 16, kGlyphSizeBins = 6;

struct GlyphOptions {
  int64_t classes = 300;  // characters, the first of glyph_candidates() that are there
  int64_t per_class = 100;
  std::string fonts = "/usr/share/fonts";  // a folder, searched with all its subfolders
  int64_t least_fonts = 4;                 // that must hold a character
  double turn = 180;                       // the most degrees it is turned by
  int64_t size = 64;
  uint64_t seed = 0;
};

std::vector<Setting> glyph_settings(GlyphOptions& options);

// Label sets: character; x and y, the bin of 16 across the image in which the centre of its ink's box lies;
// angle, in 16 bins of which the first is centred at upright, counter-clockwise (not there with turn=0);
// size, 6 bins.
//
// Throws Error where fonts are missing, with the packages to install.
ImageSplits open_glyphs(const GlyphOptions& options);

}  // namespace ax
