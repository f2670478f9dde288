// Images: JPEG, PNG, WebP, BMP and PPM files, decoded to 8-bit RGB. The pixels equal those of Pillow's
// Image.open(f).convert("RGB"), after ImageOps.exif_transpose: exactly for the lossless formats, within one
// step for JPEG where the two use different versions of libjpeg-turbo. The exceptions are named in the
// headers of the formats (png.h, ppm.h, bmp.h). Alpha is dropped, colour profiles are not applied, the first
// frame stands for an animation. Files are taken as hostile: dimensions are checked against the options and
// the file's size before anything is allocated for the pixels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

namespace ax {

struct Image {
  int64_t width = 0, height = 0;
  std::unique_ptr<uint8_t[]> pixels;  // RGB, [height, width, 3], no padding

  size_t stride() const { return static_cast<size_t>(width) * 3; }  // bytes of a row
  size_t size() const { return stride() * static_cast<size_t>(height); }
  uint8_t* row(int64_t y) const { return pixels.get() + stride() * static_cast<size_t>(y); }
};

struct DecodeOptions {
  bool apply_orientation = true;  // of EXIF or XMP (exif.h)
  // Where positive, a JPEG is decoded at 1/8, 1/4 or 1/2 of its size, the smallest whose shorter side is
  // still at least this. Much faster, but the pixels differ from those of the whole image scaled down.
  int jpeg_min_side = 0;
  int64_t max_pixels = 178'956'970;  // of the file; where Pillow refuses "decompression bombs" by default
};

// Decodes an image; its first bytes tell the format. Throws Error, beginning with `name`, where the format is
// unknown, the file is damaged or ends early, or the image is larger than the options allow.
Image decode_image(const std::string& name, std::span<const std::byte> bytes,
                   const DecodeOptions& options = {});

// Whether the extension, in any case, is that of a format decoded here: .jpg .jpeg .jpe .jfif .png .webp .bmp
// .ppm .pgm .pbm .pnm.
bool is_image_name(const std::filesystem::path& path);

// For decoders. Throws Error where a side is not positive or there are more pixels than the options allow.
void check_dimensions(const std::string& name, int64_t width, int64_t height, const DecodeOptions& options);

// For decoders, after check_dimensions: an image of undefined pixels. Throws Error when memory is exhausted.
Image new_image(const std::string& name, int64_t width, int64_t height);

}  // namespace ax
