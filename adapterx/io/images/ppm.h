// The portable bitmap, greymap and pixmap of Netpbm, plain and raw (P1 to P6; netpbm.sourceforge.net/doc).
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "adapterx/io/images/image.h"

namespace ax {

// Samples v of a maxval other than 255 become v / maxval * 255, rounded to nearest, half to even. Pillow does
// the same except for grey with a maxval above 255, which it scales to 16 bits and clips to 255: nearly all
// white. Throws Error where the header is of another form, a plain sample is no number up to maxval, or the
// data end early. What follows the first image is not looked at.
Image decode_ppm(const std::string& name, std::span<const std::byte> bytes, const DecodeOptions& options);

}  // namespace ax
