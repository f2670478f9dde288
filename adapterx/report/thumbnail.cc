#include "adapterx/report/thumbnail.h"

#include "adapterx/io/images/jpeg_writer.h"
#include "adapterx/io/images/png_writer.h"

namespace ax {

std::vector<std::byte> encode_thumbnail(const Image& image) {
  std::vector<std::byte> png = encode_png(image), jpeg = encode_jpeg(image);
  return png.size() <= jpeg.size() ? png : jpeg;
}

}  // namespace ax
