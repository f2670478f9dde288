// PNG files of 8-bit RGB, by libpng: decode_png gives the same pixels back.
#pragma once

#include <cstddef>
#include <vector>

#include "adapterx/io/images/image.h"

namespace ax {

// Throws Error where a side is not positive or memory is exhausted.
std::vector<std::byte> encode_png(const Image& image);

}  // namespace ax
