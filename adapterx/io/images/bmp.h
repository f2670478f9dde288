// Windows and OS/2 bitmaps (Microsoft, "Bitmap Storage", wingdi.h): 1, 4 and 8 bits with a palette, plain or
// run-length encoded; 16 bits of 5-5-5, or of masks; 24 and 32 bits. Rows bottom-up or top-down. Alpha is
// dropped.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "adapterx/io/images/image.h"

namespace ax {

// Throws Error where the file is no such bitmap, ends early, or is run-length encoded with less than a byte
// for 1024 pixels. Palette indices past the palette are black. Pixels left out by run-length encoding are
// those of index 0; Pillow refuses files whose encoding ends before the last row.
Image decode_bmp(const std::string& name, std::span<const std::byte> bytes, const DecodeOptions& options);

}  // namespace ax
