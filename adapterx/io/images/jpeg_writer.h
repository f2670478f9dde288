// JPEG files of 8-bit RGB, by libjpeg-turbo: baseline, colour at half resolution, Huffman tables fitted.
#pragma once

#include <cstddef>
#include <vector>

#include "adapterx/io/images/image.h"

namespace ax {

// Quality from 1 to 100, libjpeg's scale. Throws Error where a side is not from 1 to 65,500, the quality is
// out of range or memory is exhausted.
std::vector<std::byte> encode_jpeg(const Image& image, int quality = 85);

}  // namespace ax
