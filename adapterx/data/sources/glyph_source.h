// Characters rendered from fonts, each a function of seed and number: what is it, where, how large, how
// turned?
#pragma once

#include "adapterx/data/images/image_dataset.h"
#include "adapterx/data/sources/source_options.h"

namespace ax {

inline constexpr int32_t kGlyphPlaceBins = 16, kGlyphAngleBins = 16, kGlyphSizeBins = 6;

// Options: classes (300) characters, the first of glyph_candidates() that are there; per_class (100) images
// of each; fonts (/usr/share/fonts): a folder, searched with all its subfolders; least_fonts (4) that must
// hold a character; turn (180): the most degrees it is turned by; size (64): the side in pixels; seed (0).
//
// Label sets: character; x and y, the bin of 16 across the image in which the centre of its ink's box lies;
// angle, in 16 bins of which the first is centred at upright, counter-clockwise (not there with turn=0);
// size, 6 bins.
//
// Throws Error where fonts are missing, with the packages to install.
ImageSplits open_glyphs(SourceOptions& options);

}  // namespace ax
