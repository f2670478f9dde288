// The orientation of an image: tag 0x0112 of EXIF (JEITA CP-3451, 4.6.4), or, where EXIF does not tell,
// tiff:Orientation of XMP, as in Pillow's ImageOps.exif_transpose. Not read: compressed XMP of PNG, and EXIF
// in PNG text ("Raw profile type exif").
#pragma once

#include <cstddef>
#include <span>

namespace ax {

// 1 to 8 for a JPEG, PNG or WebP file; 1, upright, for any other and where the file does not tell or its
// metadata are damaged. The stored image becomes upright by: 2 mirror left-right, 3 rotate 180, 4 mirror
// top-bottom, 5 transpose, 6 rotate 90 clockwise, 7 transpose along the other diagonal, 8 rotate 90 back.
int image_orientation(std::span<const std::byte> file);

}  // namespace ax
