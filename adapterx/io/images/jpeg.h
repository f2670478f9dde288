// JPEG by libjpeg-turbo: exact integer DCT, smooth chroma upsampling. Grey, YCbCr, RGB, CMYK and YCCK;
// baseline and progressive, 8 bits. CMYK is taken as inverted, as Adobe writes it, and becomes RGB as in
// Pillow: R = (1 - K) - C (1 - K), each term rounded to a byte.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "adapterx/io/images/image.h"

namespace ax {

// The image as stored, orientation not applied. Throws Error where the file is no JPEG, ends before its end
// marker, has more than 100 scans (each costs a pass over the whole image; encoders write about 10), or has
// fewer bytes than one bit per 8 x 8 block. As in Pillow, damaged data between the markers are no error: the
// pixels they would give are grey or wrong.
Image decode_jpeg(const std::string& name, std::span<const std::byte> bytes, const DecodeOptions& options);

}  // namespace ax
