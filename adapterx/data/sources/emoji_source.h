// The source of images `emoji`: which kind of thing does an emoji show? From Debian's fonts-noto-color-emoji,
// with the groups of Unicode's list of emoji (Debian's unicode-data).
//
// Images are over white. Of variants of one picture (emoji_kind) the first is there, and of any two that
// differ by less than 10 of 255 in the root mean square of their pixels, made 16 x 16: so that no test image
// is nearly a training image. Flags are left out. 1,228 emoji remain for groups, 949 for 48 subgroups.
#pragma once

#include "adapterx/base/setting.h"
#include "adapterx/data/images/image_dataset.h"

namespace ax {

enum class EmojiLabel : uint8_t {
  group,     // 8 classes, Smileys & Emotion to Symbols
  subgroup,  // animal-bird and so on: those of at least 10 emoji
};

struct EmojiOptions {
  EmojiLabel label = EmojiLabel::group;
  int64_t size = 64;
  int64_t test = 300;  // test images, stratified and drawn by seed
  uint64_t seed = 0;
  std::string font = "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf",
              list = "/usr/share/unicode/emoji/emoji-test.txt";
};

std::vector<Setting> emoji_settings(EmojiOptions& options);

// Throws Error where a file is missing, with the package to install, or holds less than two classes.
ImageSplits open_emoji(const EmojiOptions& options);

}  // namespace ax
