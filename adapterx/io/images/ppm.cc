#include "adapterx/io/images/ppm.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string_view>
#include <vector>

#include "adapterx/base/error.h"

namespace ax {
namespace {

constexpr size_t kMaxDigits = 10;

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

class Reader {
 public:
  Reader(const std::string& name, std::string_view text) : name_(name), text_(text) {}

  std::string_view rest() const { return text_.substr(at_); }

  // The next character that is neither white space nor in a comment (# to the line's end).
  char next() {
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == '#')
        at_ = std::min(text_.find_first_of("\r\n", at_), text_.size() - 1);
      else if (!is_space(text_[at_]))
        return text_[at_++];
    }
    fail("{}: PPM: expected more numbers, got the file's end", name_);
  }

  // The next number, and the one character of white space that ends it.
  int64_t number() {
    int64_t value = 0;
    size_t digits = 0;
    for (char c = next();; c = text_[at_++]) {
      if (is_space(c)) break;
      if (c < '0' || c > '9' || ++digits > kMaxDigits) {
        fail("{}: PPM: expected a number of at most {} digits before byte {}", name_, kMaxDigits, at_);
      }
      value = value * 10 + (c - '0');
      if (at_ == text_.size()) break;
    }
    return value;
  }

 private:
  const std::string& name_;
  std::string_view text_;
  size_t at_ = 2;  // past the magic
};

struct Layout {
  char kind;  // '1' to '6'
  int64_t width, height, maxval = 1;

  bool is_plain() const { return kind <= '3'; }
  bool is_bits() const { return kind == '1' || kind == '4'; }
  int64_t channels() const { return kind == '3' || kind == '6' ? 3 : 1; }
  int64_t sample_bytes() const { return maxval > 255 ? 2 : 1; }
  int64_t row_bytes() const { return is_bits() ? (width + 7) / 8 : width * channels() * sample_bytes(); }
  int64_t least_bytes() const {
    const int64_t samples = width * height * channels();
    if (!is_plain()) return row_bytes() * height;
    return is_bits() ? samples : 2 * samples - 1;  // plain numbers have spaces between
  }
};

Layout read_layout(const std::string& name, std::string_view text, Reader& in, const DecodeOptions& options) {
  Layout l = {text[1], 0, 0};
  l.width = in.number();
  l.height = in.number();
  check_dimensions(name, l.width, l.height, options);
  if (!l.is_bits()) l.maxval = in.number();
  if (l.maxval < 1 || l.maxval > 65535)
    fail("{}: PPM: expected a maxval of 1 to 65535, got {}", name, l.maxval);
  if (l.least_bytes() > static_cast<int64_t>(in.rest().size())) {
    fail("{}: PPM: expected at least {} bytes for {} x {} pixels, got {}", name, l.least_bytes(), l.width,
         l.height, in.rest().size());
  }
  return l;
}

std::vector<uint8_t> scale_table(int64_t maxval) {
  std::vector<uint8_t> table(static_cast<size_t>(maxval) + 1);
  for (size_t v = 0; v < table.size(); ++v) {
    table[v] =
        static_cast<uint8_t>(std::nearbyint(static_cast<double>(v) / static_cast<double>(maxval) * 255));
  }
  return table;
}

// Writes sample `i` of an image: grey fills three bytes.
void put(const Layout& l, uint8_t* pixels, int64_t i, uint8_t value) {
  if (l.channels() == 3)
    pixels[i] = value;
  else
    std::memset(pixels + 3 * i, value, 3);
}

void read_plain(const std::string& name, const Layout& l, Reader& in, uint8_t* pixels) {
  const std::vector<uint8_t> table = scale_table(l.maxval);
  for (int64_t i = 0; i < l.width * l.height * l.channels(); ++i) {
    const int64_t v = l.is_bits() ? in.next() - '0' : in.number();
    if (v < 0 || v > l.maxval) fail("{}: PPM: sample {}: expected 0 to {}, got {}", name, i, l.maxval, v);
    put(l, pixels, i, table[static_cast<size_t>(l.is_bits() ? 1 - v : v)]);
  }
}

void read_bits(const Layout& l, const uint8_t* from, Image& image) {
  for (int64_t y = 0; y < l.height; ++y, from += l.row_bytes()) {
    for (int64_t x = 0; x < l.width; ++x) put(l, image.row(y), x, from[x / 8] >> (7 - x % 8) & 1 ? 0 : 255);
  }
}

void read_raw(const Layout& l, const uint8_t* from, uint8_t* pixels) {
  const std::vector<uint8_t> table = scale_table(l.maxval);
  const bool wide = l.sample_bytes() == 2;
  for (int64_t i = 0; i < l.width * l.height * l.channels(); ++i) {
    const int64_t v = wide ? from[2 * i] << 8 | from[2 * i + 1] : from[i];
    put(l, pixels, i, table[static_cast<size_t>(std::min(v, l.maxval))]);
  }
}

}  // namespace

Image decode_ppm(const std::string& name, std::span<const std::byte> bytes, const DecodeOptions& options) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  Reader in(name, text);
  const Layout l = read_layout(name, text, in, options);
  Image image = new_image(name, l.width, l.height);
  const auto* from = reinterpret_cast<const uint8_t*>(in.rest().data());
  if (l.is_plain())
    read_plain(name, l, in, image.pixels.get());
  else if (l.is_bits())
    read_bits(l, from, image);
  else if (l.channels() == 3 && l.maxval == 255)
    std::memcpy(image.pixels.get(), from, image.size());
  else
    read_raw(l, from, image.pixels.get());
  return image;
}

}  // namespace ax
