// The source of images `emoji`: which kind of thing does an emoji show? From Debian's fonts-noto-color-emoji,
// with the groups of Unicode's list of emoji (Debian's unicode-data).
//
// Options: label = group (the default: 8 classes, Smileys & Emotion to Symbols) or subgroup (animal-bird ...:
// those of at least 10 emoji); test = how many are test images (300), stratified and drawn by seed (0); size
// = side in pixels (64); font and list: the files.
//
// Images are over white. Of variants of one picture (emoji_kind) the first is there, and of any two that
// differ by less than 10 of 255 in the root mean square of their pixels, made 16 x 16: so that no test image
// is nearly a training image. Flags are left out. 1,228 emoji remain for groups, 949 for 48 subgroups.
#pragma once

#include "adapterx/data/images/image_dataset.h"
#include "adapterx/data/sources/source_options.h"

namespace ax {

// Throws Error where a file is missing, with the package to install, or holds less than two classes.
ImageSplits open_emoji(SourceOptions& options);

}  // namespace ax
