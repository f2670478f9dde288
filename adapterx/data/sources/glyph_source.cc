#include "adapterx/data/sources/glyph_source.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "adapterx/base/error.h"
#include "adapterx/data/sources/glyph_image.h"
#include "adapterx/data/sources/source_parts.h"

namespace ax {
namespace {

int32_t place_bin(double at) {
  return std::min(static_cast<int32_t>(at * kGlyphPlaceBins), kGlyphPlaceBins - 1);
}

int32_t size_bin(double size) {
  const double part = (size - kGlyphLeastSize) / (kGlyphMostSize - kGlyphLeastSize);
  return std::min(static_cast<int32_t>(part * kGlyphSizeBins), kGlyphSizeBins - 1);
}

int32_t angle_bin(double angle) {
  const auto bin = static_cast<int32_t>(std::floor(angle / 360 * kGlyphAngleBins + 0.5));
  return (bin + kGlyphAngleBins) % kGlyphAngleBins;
}

class Glyphs : public ImageDataset {
 public:
  Glyphs(std::vector<GlyphCharacter> characters, const GlyphOptions& options)
      : characters_(std::move(characters)), options_(options) {}

  int64_t size() const override { return options_.per_class * std::ssize(characters_); }
  int32_t label(int64_t i) const override { return static_cast<int32_t>(i % std::ssize(characters_)); }
  std::string name(int64_t i) const override { return fmt::format("glyphs#{}", i); }

  void labels(int64_t i, std::span<int32_t> out) const override {
    const GlyphPose at = pose(i);
    out[0] = label(i);
    out[1] = place_bin(at.x);
    out[2] = place_bin(at.y);
    out[3] = size_bin(at.size);
    if (turns()) out[4] = angle_bin(at.angle);
  }

  Image image(int64_t i) const override {
    Draws draws(key(i), "glyphs.other");
    const auto other = static_cast<size_t>(draws.below(std::ssize(characters_)));
    return draw_glyph(character(i), pose(i), characters_[other], options_.size, key(i), name(i));
  }

  bool turns() const { return options_.turn > 0; }

 private:
  const GlyphCharacter& character(int64_t i) const { return characters_[static_cast<size_t>(label(i))]; }
  SampleKey key(int64_t i) const { return {.seed = options_.seed, .index = i}; }
  GlyphPose pose(int64_t i) const {
    return draw_glyph_pose(character(i), options_.turn, options_.size, key(i), "glyphs.pose");
  }

  std::vector<GlyphCharacter> characters_;
  GlyphOptions options_;
};

LabelSet numbered(const std::string& name, int32_t count) { return {name, numbered_names(name, count)}; }

}  // namespace

std::vector<Setting> glyph_settings(GlyphOptions& o) {
  const auto candidates = static_cast<double>(std::ssize(glyph_candidates()));
  return {{"classes", &o.classes, "Classes, a character each.", {2, candidates}},
          {"least_fonts", &o.least_fonts, "Fonts that must hold a character.", {1, 1000}},
          {"fonts", &o.fonts, "Folder of the fonts, searched with all its subfolders."},
          {"per_class", &o.per_class, "Images of each class.", {1, 1'000'000}},
          {"turn", &o.turn, "Most degrees by which a character is turned.", {0, 180}},
          size_setting(o.size),
          seed_setting(o.seed)};
}

ImageSplits open_glyphs(const GlyphOptions& options) {
  std::vector<GlyphCharacter> characters =
      read_glyph_characters(options.fonts, options.classes, options.least_fonts);
  ImageSplits splits;
  for (const GlyphCharacter& character : characters) splits.classes.push_back(character.name());
  splits.further = {numbered("x", kGlyphPlaceBins), numbered("y", kGlyphPlaceBins),
                    numbered("size", kGlyphSizeBins)};
  const auto glyphs = std::make_shared<Glyphs>(std::move(characters), options);
  if (glyphs->turns()) splits.further.push_back(numbered("angle", kGlyphAngleBins));
  splits.train = glyphs;
  return splits;
}

}  // namespace ax
