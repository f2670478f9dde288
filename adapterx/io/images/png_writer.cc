#include "adapterx/io/images/png_writer.h"

#include <png.h>

#include "adapterx/base/error.h"

namespace ax {

std::vector<std::byte> encode_png(const Image& image) {
  check_dimensions("PNG", image.width, image.height, {});
  png_image png = {};
  png.version = PNG_IMAGE_VERSION;
  png.width = static_cast<png_uint_32>(image.width);
  png.height = static_cast<png_uint_32>(image.height);
  png.format = PNG_FORMAT_RGB;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(png);
  std::vector<std::byte> bytes(size);
  if (png_image_write_to_memory(&png, bytes.data(), &size, 0, image.pixels.get(), 0, nullptr) == 0) {
    fail("PNG: cannot write {} x {} pixels: {}", image.width, image.height, png.message);
  }
  bytes.resize(size);
  bytes.shrink_to_fit();
  return bytes;
}

}  // namespace ax
