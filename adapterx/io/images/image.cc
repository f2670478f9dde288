#include "adapterx/io/images/image.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <new>
#include <string_view>

#include "adapterx/base/error.h"
#include "adapterx/io/images/bmp.h"
#include "adapterx/io/images/exif.h"
#include "adapterx/io/images/jpeg.h"
#include "adapterx/io/images/png.h"
#include "adapterx/io/images/ppm.h"
#include "adapterx/io/images/webp.h"

namespace ax {
namespace {

constexpr int64_t kMostPixels = int64_t{1} << 40;  // no size in bits overflows below this

Image decode_stored(const std::string& name, std::span<const std::byte> bytes, const DecodeOptions& options) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (text.starts_with("\xff\xd8\xff")) return decode_jpeg(name, bytes, options);
  if (text.starts_with("\x89PNG\r\n\x1a\n")) return decode_png(name, bytes, options);
  if (text.starts_with("RIFF") && text.size() >= 12 && text.substr(8, 4) == "WEBP")
    return decode_webp(name, bytes, options);
  if (text.starts_with("BM")) return decode_bmp(name, bytes, options);
  if (text.size() > 1 && text[0] == 'P' && text[1] >= '1' && text[1] <= '6') {
    return decode_ppm(name, bytes, options);
  }
  std::string start;
  for (const std::byte b : bytes.first(std::min<size_t>(bytes.size(), 8))) {
    start += fmt::format(" {:02x}", static_cast<unsigned>(b));
  }
  fail("{}: expected a JPEG, PNG, WebP, BMP or PPM image, got {}", name,
       start.empty() ? "an empty file" : "a file that begins with" + start);
}

// Where the pixels of the upright image lie in the stored one: (x, y) is at origin + x * dx + y * dy.
struct Walk {
  ptrdiff_t origin, dx, dy;
};

Walk walk_of(int orientation, ptrdiff_t width, ptrdiff_t height) {
  const ptrdiff_t stride = 3 * width, right = 3 * (width - 1), bottom = stride * (height - 1);
  switch (orientation) {
    case 2:
      return {right, -3, stride};
    case 3:
      return {right + bottom, -3, -stride};
    case 4:
      return {bottom, 3, -stride};
    case 5:
      return {0, stride, 3};
    case 6:
      return {bottom, -stride, 3};
    case 7:
      return {right + bottom, -stride, -3};
    case 8:
      return {right, stride, -3};
    default:
      return {0, 3, stride};
  }
}

Image upright(const std::string& name, Image stored, int orientation) {
  if (orientation == 1) return stored;
  const bool swaps = orientation >= 5;
  Image image = new_image(name, swaps ? stored.height : stored.width, swaps ? stored.width : stored.height);
  const Walk walk = walk_of(orientation, stored.width, stored.height);
  constexpr int64_t kRows = 16;  // a cache line of the stored image is used whole
  for (int64_t y0 = 0; y0 < image.height; y0 += kRows) {
    const int64_t y1 = std::min(y0 + kRows, image.height);
    for (int64_t x = 0; x < image.width; ++x) {
      const uint8_t* from = stored.pixels.get() + walk.origin + x * walk.dx + y0 * walk.dy;
      uint8_t* to = image.row(y0) + 3 * x;
      for (int64_t y = y0;; from += walk.dy, to += image.stride()) {
        std::memcpy(to, from, 3);
        if (++y == y1) break;  // before the pointers leave the images
      }
    }
  }
  return image;
}

}  // namespace

Image decode_image(const std::string& name, std::span<const std::byte> bytes, const DecodeOptions& options) {
  Image image = decode_stored(name, bytes, options);
  if (!options.apply_orientation) return image;
  return upright(name, std::move(image), image_orientation(bytes));
}

bool is_image_name(const std::filesystem::path& path) {
  static constexpr std::array<std::string_view, 11> kExtensions = {
      ".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".bmp", ".ppm", ".pgm", ".pbm", ".pnm"};
  std::string extension = path.extension().string();
  for (char& c : extension) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return std::ranges::find(kExtensions, extension) != kExtensions.end();
}

void check_dimensions(const std::string& name, int64_t width, int64_t height, const DecodeOptions& options) {
  if (width <= 0 || height <= 0) fail("{}: expected an image with pixels, got {} x {}", name, width, height);
  const int64_t most = std::min(options.max_pixels, kMostPixels);
  if (width > most / height) {
    fail("{}: expected at most {} pixels, got {} x {}; if the file is to be trusted, allow more", name, most,
         width, height);
  }
}

Image new_image(const std::string& name, int64_t width, int64_t height) {
  Image image{width, height, nullptr};
  image.pixels.reset(new (std::nothrow) uint8_t[image.size()]);
  if (!image.pixels)
    fail("{}: out of memory: {} MB for {} x {} pixels", name, image.size() >> 20, width, height);
  return image;
}

}  // namespace ax
