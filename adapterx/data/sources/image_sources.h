// Sources of images that are no files of the user's: made by formulas, from fonts, meshes or packages.
//
// A source is asked for by "NAME" or "NAME:key=value,key=value" in place of a path, as in
// "glyphs:classes=400,per_class=100". What it renders is a function of its options (a seed among them) and
// the image's number alone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapterx/base/setting_draft.h"
#include "adapterx/data/images/image_dataset.h"

namespace ax {

// A source before it is opened: its settings with their defaults.
using SourceDraft = SettingDraft<ImageSplits>;

struct ImageSource {
  std::string_view name, help;  // "glyphs", "characters of the fonts installed ..."
  SourceDraft (*draft)();
};

const std::vector<ImageSource>& image_sources();
std::vector<std::string> image_source_names();

// Whether the text begins with a source's name that ends there or at a colon.
bool names_image_source(std::string_view text);

// Throws Error on an unknown name, a setting that the source doesn't have (with the nearest one) or of a
// wrong value, and on what the source itself misses.
ImageSplits open_image_source(const std::string& text);

}  // namespace ax
