#include "adapterx/report/html_text.h"

#include <fmt/format.h>

#include "adapterx/base/error.h"
#include "adapterx/report/base64.h"

namespace ax {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";
constexpr std::string_view kNoBreakSpace = "\xc2\xa0";

bool is_continuation(std::string_view text, size_t i) {
  return i < text.size() && (static_cast<uint8_t>(text[i]) & 0xc0) == 0x80;
}

// Bytes of the code point at the start of `text`, 0 where it is no UTF-8 (overlong, surrogate, cut short).
size_t code_point_size(std::string_view text) {
  const auto first = static_cast<uint8_t>(text[0]);
  if (first < 0x80) return 1;
  const size_t size = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  for (size_t i = 1; i < size; ++i) {
    if (!is_continuation(text, i)) return 0;
  }
  const auto second = size < 2 ? uint8_t{0} : static_cast<uint8_t>(text[1]);
  const bool wrong = (first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ||
                     (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f);
  return wrong ? 0 : size;
}

bool is_control(std::string_view point) {
  const auto c = static_cast<uint8_t>(point[0]);
  if (point.size() == 2) return c == 0xc2 && static_cast<uint8_t>(point[1]) < 0xa0;
  return c == 0x7f || (c < 0x20 && c != '\n' && c != '\t');
}

// Calls visit(code point) for each, with U+FFFD for what is none.
template <class Visit>
void for_each_point(std::string_view text, const Visit& visit) {
  while (!text.empty()) {
    const size_t size = code_point_size(text);
    const std::string_view point = text.substr(0, size);
    visit(size == 0 || is_control(point) ? kReplacement : point);
    text.remove_prefix(size == 0 ? 1 : size);
  }
}

}  // namespace

std::string escape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for_each_point(text, [&](std::string_view point) {
    switch (point[0]) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += point;
    }
  });
  return out;
}

std::string shorten(std::string_view text, size_t letters) {
  std::string out;
  size_t count = 0;
  for_each_point(text, [&](std::string_view point) {
    if (++count < letters) out += point;
  });
  if (count > letters) return out + "…";
  out.clear();
  for_each_point(text, [&](std::string_view point) { out += point; });
  return out;
}

std::string unbroken(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == ' ' ? kNoBreakSpace : std::string_view(&c, 1);
  return out;
}

std::string samples_text(const RunFacts& facts) {
  return facts.samples.empty() ? "samples" : escape(shorten(facts.samples, 40));
}

std::string class_name(const Confusion& confusion, int64_t index) {
  return escape(shorten(confusion.classes[static_cast<size_t>(index)], 40));
}

bool is_tiny(std::span<const std::byte> image) {
  constexpr size_t kHeaderSize = 24;  // signature, length, "IHDR", width, height (big-endian)
  if (image.size() < kHeaderSize || image[0] != std::byte{0x89}) return false;
  for (size_t i = 16; i < kHeaderSize; ++i) {
    if (image[i] > (i % 4 == 3 ? std::byte{63} : std::byte{0})) return false;
  }
  return true;
}

std::string data_uri(const std::string& name, std::span<const std::byte> image) {
  const std::string_view bytes(reinterpret_cast<const char*>(image.data()), image.size());
  const bool png = bytes.starts_with("\x89PNG"), jpeg = bytes.starts_with("\xff\xd8\xff");
  if (!png && !jpeg)
    fail("{}: expected a PNG or JPEG file, got {} bytes of something else", name, bytes.size());
  return fmt::format("data:image/{};base64,{}", png ? "png" : "jpeg", to_base64(image));
}

}  // namespace ax
