#include "adapterx/data/sources/glyph_image.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace ax {
namespace {

constexpr double kUpright = 1.0 / 3, kMostShear = 0.3, kMostStretch = 1.2, kOutside = 0.1;
constexpr double kContrast = 80, kSpread = 25;  // of brightness: between paint and ground, and within each
constexpr double kBlackAndWhite = 0.2, kSecond = 0.25, kBlurred = 0.2, kNoisy = 0.3;
constexpr double kMostNoise = 20;

// Stretched by s across and 1 / s along, sheared by k, turned by `angle` degrees; y upwards to y downwards.
Placement turned(double angle, double shear, double stretch) {
  const double radians = angle * std::numbers::pi / 180, c = std::cos(radians), s = std::sin(radians);
  return {.xx = c * stretch,
          .xy = (c * shear - s) / stretch,
          .yx = -s * stretch,
          .yy = -(s * shear + c) / stretch};
}

double draw_centre(double extent, double side, Draws& draws) {
  const double least = extent * (0.5 - kOutside);
  return least < side / 2 ? draws.uniform(least, side - least) : side / 2;
}

void scale(Placement& p, double by) {
  for (double* entry : {&p.xx, &p.xy, &p.yx, &p.yy}) *entry *= by;
}

struct Colours {
  ColourField ground, paint;
};

Colours draw_colours(const SampleKey& key) {
  Draws draws(key, "glyphs.colours");
  const Colour black = {0, 0, 0}, white = {255, 255, 255};
  if (draws.chance(kBlackAndWhite)) {
    const bool dark = draws.chance(0.5);
    return {plain_field(dark ? black : white), plain_field(dark ? white : black)};
  }
  const double luma = draws.uniform(0, 255);
  const double other = draw_contrasting_luma(luma, kContrast, draws);
  Draws ground(key, "glyphs.ground"), paint(key, "glyphs.paint");
  return {draw_field(luma, kSpread, ground), draw_field(other, kSpread, paint)};
}

struct Scratch {
  Painting painting{1};
  std::vector<uint8_t> coverage;
};

Scratch& scratch_of(int64_t side) {
  thread_local Scratch own;
  if (own.painting.side() != side) own.painting = Painting(side);
  own.coverage.resize(static_cast<size_t>(side * side));
  return own;
}

}  // namespace

GlyphPose draw_glyph_pose(const GlyphCharacter& character, double most_turn, int64_t side,
                          const SampleKey& key, std::string_view purpose) {
  Draws draws(key, purpose);
  GlyphPose pose;
  pose.outline = static_cast<size_t>(draws.below(std::ssize(character.outlines)));
  const GlyphOutline& outline = character.outlines[pose.outline];
  const auto pixels = static_cast<double>(side);
  const bool upright = draws.chance(kUpright);
  pose.angle = draws.uniform(-most_turn, most_turn) * (upright ? 0 : 1);
  pose.size = draws.uniform(kGlyphLeastSize, kGlyphMostSize);
  const double shear = draws.uniform(-kMostShear, kMostShear) * (draws.chance(0.5) ? 1 : 0);
  const double stretch = std::pow(kMostStretch, draws.uniform(-0.5, 0.5));
  const InkBox plain = ink_box(outline, turned(0, 0, stretch));
  const double by = pose.size * pixels / std::max({plain.width(), plain.height(), 1.0});
  pose.placement = turned(pose.angle, shear, stretch);
  scale(pose.placement, by);
  const InkBox box = ink_box(outline, pose.placement);
  const double x = draw_centre(box.width(), pixels, draws), y = draw_centre(box.height(), pixels, draws);
  pose.placement.dx = x - (box.left + box.right) / 2;
  pose.placement.dy = y - (box.top + box.bottom) / 2;
  pose.x = x / pixels;
  pose.y = y / pixels;
  return pose;
}

Image draw_glyph(const GlyphCharacter& character, const GlyphPose& pose, const GlyphCharacter& other,
                 int64_t side, const SampleKey& key, const std::string& name) {
  Scratch& scratch = scratch_of(side);
  Draws draws(key, "glyphs.image");
  const Colours colours = draw_colours(key);
  scratch.painting.fill(colours.ground);
  if (draws.chance(kSecond)) {
    const GlyphPose second = draw_glyph_pose(other, 180, side, key, "glyphs.second");
    draw_outline(other.outlines[second.outline], second.placement, side, scratch.coverage);
    scratch.painting.blend(colours.paint, scratch.coverage, static_cast<float>(draws.uniform(0.1, 0.35)));
  }
  draw_outline(character.outlines[pose.outline], pose.placement, side, scratch.coverage);
  scratch.painting.blend(colours.paint, scratch.coverage);
  if (draws.chance(kBlurred)) {
    for (int64_t rounds = 1 + draws.below(3); rounds > 0; --rounds) scratch.painting.blur();
  }
  if (draws.chance(kNoisy)) {
    const auto deviation = static_cast<float>(draws.uniform(2, kMostNoise));
    const Rng rng(key.seed, static_cast<uint32_t>(key.index), place_of("glyphs.noise"));
    scratch.painting.add_noise(deviation, draws.chance(0.5), rng);
  }
  return scratch.painting.image(name);
}

}  // namespace ax
