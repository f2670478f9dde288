// PNG by libpng: every colour type and depth, interlaced or not. Transparency and gamma are dropped.
// Of 16-bit samples the high byte is taken. Pillow does the same except for grey without alpha, where
// it clips the value to 255 instead: nearly all white, and no picture.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "adapterx/io/images/image.h"

namespace ax {

// The image as stored, orientation not applied. Throws Error where the file is no PNG, a chunk that matters
// for the pixels is damaged or missing, or the file is too small for its dimensions (deflate shrinks to
// 1/1032 at most). What follows the pixels is not looked at.
Image decode_png(const std::string& name, std::span<const std::byte> bytes, const DecodeOptions& options);

}  // namespace ax
