#include "adapterx/data/sources/image_sources.h"

#include <algorithm>

#include "adapterx/base/error.h"
#include "adapterx/base/setting_list.h"
#include "adapterx/data/sources/atom_source.h"
#include "adapterx/data/sources/dsprites_source.h"
#include "adapterx/data/sources/emoji_source.h"
#include "adapterx/data/sources/fractal_source.h"
#include "adapterx/data/sources/glyph_source.h"
#include "adapterx/data/sources/view_source.h"

namespace ax {
namespace {

std::string_view name_of(std::string_view text) { return text.substr(0, text.find(':')); }

template <class Options, std::vector<Setting> (*settings)(Options&), ImageSplits (*open)(const Options&)>
SourceDraft draft_of() {
  return draft(Options{}, settings, open);
}

// "key=value,key=value"
std::vector<KeyValue> given_settings(const std::string& source, std::string_view text) {
  std::vector<KeyValue> given;
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find(','));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    given.push_back(parse_key_value(part, source + ": ", "settings key=value,key=value"));
  }
  return given;
}

}  // namespace

const std::vector<ImageSource>& image_sources() {
  static const std::vector<ImageSource> sources = {
      {"atoms", "rippled rings, a pair of waves a class (arXiv 2303.01112)",
       draft_of<AtomOptions, atom_settings, open_atoms>},
      {"dsprites", "a square, an ellipse or a heart at any of 32 x 32 places, with 10,000 test images",
       draft_of<DspritesOptions, dsprites_settings, open_dsprites>},
      {"emoji",
       "coloured emoji of Debian's fonts-noto-color-emoji, to be told apart by kind, with test images",
       draft_of<EmojiOptions, emoji_settings, open_emoji>},
      {"fractals", "attractors of random systems of affine maps, a class each (arXiv 2101.08515)",
       draft_of<FractalOptions, fractal_settings, open_fractals>},
      {"glyphs", "characters of the fonts installed, turned and placed: which, where, how large",
       draft_of<GlyphOptions, glyph_settings, open_glyphs>},
      {"views", "3D shapes from all sides, shaded, by depth or as silhouettes, a class each folder",
       draft_of<ViewOptions, view_settings, open_views>},
  };
  return sources;
}

std::vector<std::string> image_source_names() {
  std::vector<std::string> names;
  for (const ImageSource& source : image_sources()) names.emplace_back(source.name);
  return names;
}

bool names_image_source(std::string_view text) {
  return std::ranges::count(image_sources(), name_of(text), &ImageSource::name) > 0;
}

ImageSplits open_image_source(const std::string& text) {
  const std::string name(name_of(text));
  const auto source = std::ranges::find(image_sources(), name, &ImageSource::name);
  if (source == image_sources().end()) {
    const std::vector<std::string> names = image_source_names();
    fail("source of images `{}`: expected {}{}", name, fmt::join(names, ", "), did_you_mean(name, names));
  }
  const SourceDraft chosen = source->draft();
  const std::string_view settings = std::string_view(text).substr(std::min(name.size() + 1, text.size()));
  assign_all(chosen.settings, given_settings(name, settings), name);
  ImageSplits splits = chosen.make();
  splits.format = name;
  return splits;
}

}  // namespace ax
