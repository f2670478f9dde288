// Small pictures for the report.
#pragma once

#include <cstddef>
#include <vector>

#include "adapterx/io/images/image.h"

namespace ax {

// The image as a file that browsers show: PNG, or JPEG where that is smaller (photographs). About 112 pixels
// a side do for a mistake, the model's own input for a routing picture.
std::vector<std::byte> encode_thumbnail(const Image& image);

}  // namespace ax
