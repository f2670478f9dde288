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
  Glyphs(std::vector<GlyphCharacter> characters, SourceOptions& options)
      : characters_(std::move(characters)),
        size_(options.integer("per_class", 100, 1, 1'000'000) * std::ssize(characters_)),
        turn_(options.number("turn", 180, 0, 180)),
        side_(options.integer("size", 64, 16, 1024)),
        seed_(options.seed()) {}

  int64_t size() const override { return size_; }
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
    return draw_glyph(character(i), pose(i), characters_[other], side_, key(i), name(i));
  }

  bool turns() const { return turn_ > 0; }

 private:
  const GlyphCharacter& character(int64_t i) const { return characters_[static_cast<size_t>(label(i))]; }
  SampleKey key(int64_t i) const { return {.seed = seed_, .index = i}; }
  GlyphPose pose(int64_t i) const {
    return draw_glyph_pose(character(i), turn_, side_, key(i), "glyphs.pose");
  }

  std::vector<GlyphCharacter> characters_;
  int64_t size_;
  double turn_;
  int64_t side_;
  uint64_t seed_;
};

LabelSet numbered(const std::string& name, int32_t count) { return {name, numbered_names(name, count)}; }

}  // namespace

ImageSplits open_glyphs(SourceOptions& options) {
  const int64_t classes = options.integer("classes", 300, 2, std::ssize(glyph_candidates()));
  const int64_t least_fonts = options.integer("least_fonts", 4, 1, 1000);
  const std::string fonts = options.text("fonts", "/usr/share/fonts");
  std::vector<GlyphCharacter> characters = read_glyph_characters(fonts, classes, least_fonts);
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
