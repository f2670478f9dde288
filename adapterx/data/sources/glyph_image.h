// One character, drawn: in a font, size, turn, place and colours that are functions of the seed and the
// image's number alone.
#pragma once

#include <cstdint>
#include <string>

#include "adapterx/data/sources/glyph_characters.h"
#include "adapterx/data/sources/outline_coverage.h"
#include "adapterx/data/sources/painting.h"

namespace ax {

inline constexpr double kGlyphLeastSize = 0.35, kGlyphMostSize = 0.9;

struct GlyphPose {
  size_t outline = 0;  // of the character's
  double size = 0;   // the longer side of its ink's box before it is sheared and turned, of the image's side
  double angle = 0;  // degrees, counter-clockwise, in [-180, 180]
  double x = 0, y = 0;  // the centre of its ink's box, turned and all, of the image's side: from the left
                        // and from the top
  Placement placement = {};  // in pixels
};

// A third of the characters stand upright, the others are turned by up to `most_turn` degrees either way. At
// most a tenth of the box's width and height lies outside of the image on each side, unless the box is larger
// than that allows: then it is centred. purpose: for the draws.
GlyphPose draw_glyph_pose(const GlyphCharacter& character, double most_turn, int64_t side,
                          const SampleKey& key, std::string_view purpose);

// The image: in black and white for one in five, else in colours of enough contrast, with some of a faint
// second character behind it, blur and noise. `other` is that character.
Image draw_glyph(const GlyphCharacter& character, const GlyphPose& pose, const GlyphCharacter& other,
                 int64_t side, const SampleKey& key, const std::string& name);

}  // namespace ax
