#include "adapterx/io/images/bmp.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <vector>

#include "adapterx/base/error.h"
#include "adapterx/io/images/bmp_rle.h"

namespace ax {
namespace {

constexpr int64_t kRlePixelsPerByte = 1024;
constexpr size_t kFileHeader = 14;
constexpr uint32_t kPlain = 0, kRle8 = 1, kRle4 = 2, kMasks = 3;

struct Layout {
  int64_t width = 0, height = 0;
  bool top_down = false;
  uint32_t bits = 0, compression = 0;
  std::array<uint32_t, 3> masks = {};
  std::array<std::array<uint8_t, 3>, 256> palette = {};  // RGB
  std::span<const uint8_t> data;
};

class Reader {
 public:
  Reader(const std::string& name, std::span<const uint8_t> bytes) : name_(name), bytes_(bytes) {}

  uint32_t number(size_t at, size_t count) const {
    const auto from = part(at, count);
    uint32_t value = 0;
    for (size_t i = 0; i < count; ++i) value |= uint32_t{from[i]} << (8 * i);
    return value;
  }
  std::span<const uint8_t> part(size_t at, size_t count) const {
    if (at > bytes_.size() || bytes_.size() - at < count) {
      fail("{}: BMP: expected {} bytes at {}, got a file of {}", name_, count, at, bytes_.size());
    }
    return bytes_.subspan(at, count);
  }
  std::span<const uint8_t> from(size_t at) const {
    return part(at, bytes_.size() - std::min(at, bytes_.size()));
  }

 private:
  const std::string& name_;
  std::span<const uint8_t> bytes_;
};

void check_kind(const std::string& name, const Layout& l) {
  const bool palette = l.bits == 1 || l.bits == 4 || l.bits == 8;
  if (!palette && l.bits != 16 && l.bits != 24 && l.bits != 32) {
    fail("{}: BMP: expected 1, 4, 8, 16, 24 or 32 bits a pixel, got {}", name, l.bits);
  }
  if (l.compression == kPlain || (l.compression == kMasks && !palette) ||
      (l.compression == kRle8 && l.bits == 8) || (l.compression == kRle4 && l.bits == 4)) {
    return;
  }
  fail("{}: BMP: expected no compression, run lengths or masks, got kind {} for {} bits", name, l.compression,
       l.bits);
}

void read_masks(const std::string& name, const Reader& in, size_t header, Layout& l) {
  l.masks = l.bits == 16 ? std::array<uint32_t, 3>{0x7c00, 0x3e0, 0x1f}
                         : std::array<uint32_t, 3>{0xff0000, 0xff00, 0xff};
  if (l.compression != kMasks) return;
  std::array<uint32_t, 3> given;
  for (size_t c = 0; c < 3; ++c) given[c] = in.number(kFileHeader + 40 + 4 * c, 4);
  if (header > 40 && l.bits == 32 && given == std::array<uint32_t, 3>{}) return;  // the default
  l.masks = given;
  for (const uint32_t mask : l.masks) {
    const int shift = std::countr_zero(mask), width = std::popcount(mask);
    const bool contiguous = mask != 0 && mask >> shift == (uint64_t{1} << width) - 1;
    const bool fits = shift + width <= static_cast<int>(l.bits);
    if (!contiguous || !fits || (l.bits > 16 && (width != 8 || shift % 8 != 0)) || width > 8) {
      fail("{}: BMP: expected masks of 8 bits on a byte, or of up to 8 of 16 bits, got {:08x} {:08x} {:08x}",
           name, given[0], given[1], given[2]);
    }
  }
}

// Reads the palette and returns where it ends.
size_t read_palette(const std::string& name, const Reader& in, size_t at, uint32_t colors, size_t entry,
                    Layout& l) {
  if (colors == 0) colors = 1u << l.bits;
  if (colors > 65536) fail("{}: BMP: expected at most 65536 colours, got {}", name, colors);
  const auto from = in.part(at, colors * entry);
  for (size_t i = 0; i < std::min<size_t>(colors, l.palette.size()); ++i) {
    l.palette[i] = {from[i * entry + 2], from[i * entry + 1], from[i * entry]};
  }
  return at + colors * entry;
}

Layout read_layout(const std::string& name, std::span<const uint8_t> bytes) {
  const Reader in(name, bytes);
  Layout l;
  const size_t header = in.number(kFileHeader, 4), at = kFileHeader;
  const bool os2 = header == 12;
  if (!os2 && header != 40 && header != 52 && header != 56 && header != 64 && header != 108 &&
      header != 124) {
    fail("{}: BMP: expected a header of 12, 40, 52, 56, 64, 108 or 124 bytes, got {}", name, header);
  }
  in.part(at, header);
  l.width = os2 ? in.number(at + 4, 2) : in.number(at + 4, 4);
  l.height = os2 ? in.number(at + 6, 2) : int64_t{static_cast<int32_t>(in.number(at + 8, 4))};
  l.bits = in.number(at + (os2 ? 10 : 14), 2);
  l.compression = os2 ? kPlain : in.number(at + 16, 4);
  l.top_down = l.height < 0;
  l.height = std::abs(l.height);
  check_kind(name, l);

  size_t end = at + header + (header == 40 && l.compression == kMasks ? 12 : 0);
  size_t data = in.number(10, 4);
  if (l.bits > 8) {
    read_masks(name, in, header, l);
  } else {
    if (data == end) data = 0;  // a writer that forgot the palette
    end = read_palette(name, in, end, os2 ? 0 : in.number(at + 32, 4), os2 ? 3 : 4, l);
  }
  l.data = in.from(data == 0 ? end : data);
  return l;
}

void unpack_indices(const Layout& l, const uint8_t* from, uint8_t* to) {
  const uint32_t per_byte = 8 / l.bits, mask = (1u << l.bits) - 1;
  for (int64_t x = 0; x < l.width; ++x, to += 3) {
    const auto place = static_cast<uint32_t>(x % per_byte);
    const uint32_t index = uint32_t{from[x / per_byte]} >> (8 - l.bits * (place + 1)) & mask;
    std::memcpy(to, l.palette[index].data(), 3);
  }
}

void unpack_16(const Layout& l, const uint8_t* from, uint8_t* to) {
  std::array<int, 3> shift;
  std::array<uint32_t, 3> max;
  for (size_t c = 0; c < 3; ++c) {
    shift[c] = std::countr_zero(l.masks[c]);
    max[c] = l.masks[c] >> shift[c];
  }
  for (int64_t x = 0; x < l.width; ++x, from += 2, to += 3) {
    const uint32_t pixel = from[0] | uint32_t{from[1]} << 8;
    for (size_t c = 0; c < 3; ++c) to[c] = static_cast<uint8_t>((pixel >> shift[c] & max[c]) * 255 / max[c]);
  }
}

void unpack_bytes(const Layout& l, const uint8_t* from, uint8_t* to) {
  std::array<int, 3> place;
  for (size_t c = 0; c < 3; ++c) place[c] = std::countr_zero(l.masks[c]) / 8;
  const size_t step = l.bits / 8;
  for (int64_t x = 0; x < l.width; ++x, from += step, to += 3) {
    for (size_t c = 0; c < 3; ++c) to[c] = from[place[c]];
  }
}

void unpack_row(const Layout& l, const uint8_t* from, uint8_t* to) {
  if (l.bits <= 8) return unpack_indices(l, from, to);
  if (l.bits == 16) return unpack_16(l, from, to);
  unpack_bytes(l, from, to);
}

Image decode_plain(const std::string& name, const Layout& l) {
  const int64_t row_bytes = (l.width * l.bits + 7) / 8, stride = (row_bytes + 3) / 4 * 4;
  const int64_t needed = stride * (l.height - 1) + row_bytes;  // the last row may lack its padding
  if (needed > static_cast<int64_t>(l.data.size())) {
    fail("{}: BMP: expected {} bytes for {} x {} pixels of {} bits, got {}", name, needed, l.width, l.height,
         l.bits, l.data.size());
  }
  Image image = new_image(name, l.width, l.height);
  for (int64_t y = 0; y < l.height; ++y) {
    unpack_row(l, l.data.data() + y * stride, image.row(l.top_down ? y : l.height - 1 - y));
  }
  return image;
}

Image decode_runs(const std::string& name, Layout l) {
  if (l.width * l.height / kRlePixelsPerByte > static_cast<int64_t>(l.data.size())) {
    fail("{}: BMP: expected at least {} bytes for {} x {} pixels, got {}", name,
         l.width * l.height / kRlePixelsPerByte, l.width, l.height, l.data.size());
  }
  std::vector<uint8_t> indices(static_cast<size_t>(l.width * l.height));
  if (!unpack_bmp_runs(l.data, l.bits == 4, l.width, l.height, indices.data())) {
    fail("{}: BMP: expected run lengths for {} x {} pixels, got data that end early", name, l.width,
         l.height);
  }
  l.data = indices;
  l.bits = 8;
  Image image = new_image(name, l.width, l.height);
  for (int64_t y = 0; y < l.height; ++y) {
    unpack_row(l, indices.data() + y * l.width, image.row(l.top_down ? y : l.height - 1 - y));
  }
  return image;
}

}  // namespace

Image decode_bmp(const std::string& name, std::span<const std::byte> bytes, const DecodeOptions& options) {
  const Layout l = read_layout(name, {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
  check_dimensions(name, l.width, l.height, options);
  return l.compression == kRle8 || l.compression == kRle4 ? decode_runs(name, l) : decode_plain(name, l);
}

}  // namespace ax
