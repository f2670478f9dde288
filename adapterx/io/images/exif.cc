#include "adapterx/io/images/exif.h"

#include <cstdint>
#include <optional>
#include <string_view>

#include "adapterx/io/images/riff.h"

namespace ax {
namespace {

using std::string_view_literals::operator""sv;

struct Metadata {
  std::string_view exif, xmp;
};

// `count` bytes at `at` as a number; 0 past the end.
uint32_t number(std::string_view s, size_t at, size_t count, bool big_endian) {
  if (at > s.size() || s.size() - at < count) return 0;
  uint32_t value = 0;
  for (size_t i = 0; i < count; ++i) {
    value = value << 8 | static_cast<uint8_t>(s[at + (big_endian ? i : count - 1 - i)]);
  }
  return value;
}

Metadata find_in_jpeg(std::string_view s) {
  constexpr auto kExif = "Exif\0\0"sv, kXmp = "http://ns.adobe.com/xap/1.0/\0"sv;
  Metadata found;
  for (size_t at = 2; at + 4 <= s.size();) {
    const uint32_t marker = number(s, at, 2, true);
    if (marker <= 0xff01 || marker == 0xffff || (marker >= 0xffd0 && marker <= 0xffd8)) {
      at += marker < 0xff00 || marker == 0xffff ? 1 : 2;  // garbage, fill bytes, markers without data
      continue;
    }
    const size_t size = number(s, at + 2, 2, true);
    if (marker == 0xffda || marker == 0xffd9 || size < 2) break;
    const std::string_view data = s.substr(at + 4, size - 2);
    if (marker == 0xffe1 && data.starts_with(kExif) && found.exif.empty()) found.exif = data;
    if (marker == 0xffe1 && data.starts_with(kXmp)) found.xmp = data.substr(kXmp.size());
    at += 2 + size;
  }
  return found;
}

Metadata find_in_png(std::string_view s) {
  constexpr auto kXmp = "XML:com.adobe.xmp\0\0"sv;  // keyword, and that the text is not compressed
  Metadata found;
  for (size_t at = 8; at + 12 <= s.size();) {
    const size_t size = number(s, at, 4, true);
    if (s.size() - at - 12 < size) break;
    const std::string_view id = s.substr(at + 4, 4), data = s.substr(at + 8, size);
    if (id == "eXIf") found.exif = data;
    if (id == "iTXt" && data.starts_with(kXmp)) found.xmp = data.substr(kXmp.size());
    at += 12 + size;
  }
  return found;
}

Metadata find_in_webp(std::string_view s) {
  Metadata found;
  for (RiffChunks chunks(s.substr(12)); chunks.next();) {
    if (chunks.id() == "EXIF" && found.exif.empty()) found.exif = chunks.data();
    if (chunks.id() == "XMP " && found.xmp.empty()) found.xmp = chunks.data();
  }
  return found;
}

// EXIF is a TIFF file: byte order, 42, offset of a directory: a count, then entries of tag, type, count,
// value.
std::optional<uint32_t> from_exif(std::string_view s) {
  constexpr uint32_t kTag = 0x0112, kByte = 1, kShort = 3, kLong = 4;
  while (s.starts_with("Exif\0\0"sv)) s.remove_prefix(6);
  const bool big = s.starts_with("MM");
  if ((!big && !s.starts_with("II")) || number(s, 2, 2, big) != 42) return std::nullopt;
  const size_t directory = number(s, 4, 4, big);
  const size_t count = number(s, directory, 2, big);
  for (size_t i = 0; i < count; ++i) {
    const size_t entry = directory + 2 + 12 * i;
    if (number(s, entry, 2, big) != kTag) continue;
    const uint32_t type = number(s, entry + 2, 2, big);
    if (number(s, entry + 4, 4, big) != 1) return 1;
    if (type != kByte && type != kShort && type != kLong) return 1;
    return number(s, entry + 8, type == kByte ? 1 : type == kShort ? 2 : 4, big);
  }
  return std::nullopt;
}

// In XMP, tiff:Orientation="6" or <tiff:Orientation>6<.
std::optional<uint32_t> from_xmp(std::string_view s) {
  constexpr auto kName = "tiff:Orientation"sv;
  for (size_t at = s.find(kName); at != s.npos; at = s.find(kName, at + 1)) {
    std::string_view rest = s.substr(at + kName.size());
    if (!rest.starts_with("=\"") && !rest.starts_with(">")) continue;
    rest.remove_prefix(rest[0] == '>' ? 1 : 2);
    if (!rest.empty() && rest[0] >= '0' && rest[0] <= '9') return static_cast<uint32_t>(rest[0] - '0');
  }
  return std::nullopt;
}

}  // namespace

int image_orientation(std::span<const std::byte> file) {
  const std::string_view s(reinterpret_cast<const char*>(file.data()), file.size());
  Metadata found;
  if (s.starts_with("\xff\xd8")) found = find_in_jpeg(s);
  if (s.starts_with("\x89PNG")) found = find_in_png(s);
  if (s.starts_with("RIFF") && s.size() >= 12 && s.substr(8, 4) == "WEBP") found = find_in_webp(s);
  std::optional<uint32_t> value = from_exif(found.exif);
  if (!value) value = from_xmp(found.xmp);
  return value && *value >= 1 && *value <= 8 ? static_cast<int>(*value) : 1;
}

}  // namespace ax
