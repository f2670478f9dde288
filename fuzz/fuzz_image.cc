#include <stdexcept>

#include "adapterx/base/error.h"
#include "adapterx/io/images/image.h"
#include "fuzz/targets.h"

namespace ax {
namespace {

void decode_and_use(fuzz::Bytes bytes, const DecodeOptions& options) {
  const Image image = decode_image("fuzz", bytes, options);
  if (image.width <= 0 || image.height <= 0 || image.width * image.height > options.max_pixels) {
    throw std::logic_error("an image of another size than allowed");
  }
  fuzz::use(std::as_bytes(std::span(image.pixels.get(), image.size())));
}

}  // namespace

bool fuzz::image(Bytes bytes) {
  DecodeOptions options;
  options.max_pixels = 1 << 20;
  try {
    decode_and_use(bytes, options);
    options.jpeg_min_side = 1;
    options.apply_orientation = false;
    decode_and_use(bytes, options);
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace ax
