#include "adapterx/data/sources/image_sources.h"

#include <algorithm>

#include "adapterx/base/error.h"
#include "adapterx/data/sources/atom_source.h"
#include "adapterx/data/sources/dsprites_source.h"
#include "adapterx/data/sources/emoji_source.h"
#include "adapterx/data/sources/fractal_source.h"
#include "adapterx/data/sources/glyph_source.h"
#include "adapterx/data/sources/view_source.h"

namespace ax {
namespace {

std::string_view name_of(std::string_view text) { return text.substr(0, text.find(':')); }

}  // namespace

const std::vector<ImageSource>& image_sources() {
  static const std::vector<ImageSource> sources = {
      {"atoms", "rippled rings, a pair of waves a class (arXiv 2303.01112)", open_atoms},
      {"dsprites", "a square, an ellipse or a heart at any of 32 x 32 places, with 10,000 test images",
       open_dsprites},
      {"emoji",
       "coloured emoji of Debian's fonts-noto-color-emoji, to be told apart by kind, with test images",
       open_emoji},
      {"fractals", "attractors of random systems of affine maps, a class each (arXiv 2101.08515)",
       open_fractals},
      {"glyphs", "characters of the fonts installed, turned and placed: which, where, how large",
       open_glyphs},
      {"views", "3D shapes from all sides, shaded, by depth or as silhouettes, a class each folder",
       open_views},
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
  SourceOptions options(name, text.size() > name.size() ? text.substr(name.size() + 1) : "");
  ImageSplits splits = source->open(options);
  options.expect_known();
  splits.format = name;
  return splits;
}

}  // namespace ax
