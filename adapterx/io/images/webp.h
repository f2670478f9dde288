// WebP by libwebp: lossy, lossless, with alpha (dropped), animated (the first frame, on a black canvas).
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "adapterx/io/images/image.h"

namespace ax {

// The image as stored, orientation not applied. Throws Error where the file is no WebP, damaged or ends
// early, or has less than a byte for 1024 lossy pixels. Lossless pixels may cost nothing: for them only the
// options' limit holds.
Image decode_webp(const std::string& name, std::span<const std::byte> bytes, const DecodeOptions& options);

}  // namespace ax
