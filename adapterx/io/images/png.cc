#include "adapterx/io/images/png.h"

#include <png.h>

#include <csetjmp>
#include <cstdio>
#include <cstring>

#include "adapterx/base/error.h"

namespace ax {
namespace {

constexpr int64_t kMaxDeflateRatio = 1032;

// As in jpeg.cc, errors leave the library by a long jump, past no destructor.
class Decoder {
 public:
  explicit Decoder(std::span<const std::byte> bytes) : rest_(bytes) {}
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
  ~Decoder() { png_destroy_read_struct(&png_, &info_, nullptr); }

  bool read_header();
  bool read_rows(uint8_t* pixels, int64_t height, size_t stride);

  int64_t width() const { return png_get_image_width(png_, info_); }
  int64_t height() const { return png_get_image_height(png_, info_); }
  int64_t stored_bytes() const {
    return height() * ((width() * png_get_channels(png_, info_) * png_get_bit_depth(png_, info_) + 7) / 8);
  }
  const char* error() const { return text_; }

 private:
  [[noreturn]] static void on_error(png_structp png, png_const_charp text);
  static void on_warning(png_structp, png_const_charp) {}
  static void on_read(png_structp png, png_bytep out, size_t size);

  std::span<const std::byte> rest_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
  std::jmp_buf jump_ = {};
  char text_[200] = "out of memory";
};

void Decoder::on_error(png_structp png, png_const_charp text) {
  auto* self = static_cast<Decoder*>(png_get_error_ptr(png));
  std::snprintf(self->text_, sizeof self->text_, "%s", text);
  std::longjmp(self->jump_, 1);
}

void Decoder::on_read(png_structp png, png_bytep out, size_t size) {
  auto* self = static_cast<Decoder*>(png_get_io_ptr(png));
  if (size > self->rest_.size()) png_error(png, "the file ends early");
  std::memcpy(out, self->rest_.data(), size);
  self->rest_ = self->rest_.subspan(size);
}

bool Decoder::read_header() {
  if (setjmp(jump_) != 0) return false;
  png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, on_error, on_warning);
  if (png_ == nullptr) return false;
  info_ = png_create_info_struct(png_);
  if (info_ == nullptr) return false;
  png_set_read_fn(png_, this, on_read);
  png_set_user_limits(png_, PNG_UINT_31_MAX, PNG_UINT_31_MAX);             // check_dimensions is the limit
  png_set_keep_unknown_chunks(png_, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);  // no text, profiles and the like
  png_read_info(png_, info_);
  return true;
}

bool Decoder::read_rows(uint8_t* pixels, int64_t height, size_t stride) {
  if (setjmp(jump_) != 0) return false;
  png_set_expand_gray_1_2_4_to_8(png_);
  png_set_palette_to_rgb(png_);
  png_set_strip_16(png_);
  png_set_strip_alpha(png_);
  png_set_gray_to_rgb(png_);
  const int passes = png_set_interlace_handling(png_);
  png_read_update_info(png_, info_);
  if (png_get_rowbytes(png_, info_) != stride) png_error(png_, "unexpected row size");
  for (int pass = 0; pass < passes; ++pass) {
    for (int64_t y = 0; y < height; ++y) {
      png_read_row(png_, pixels + stride * static_cast<size_t>(y), nullptr);
    }
  }
  return true;
}

}  // namespace

Image decode_png(const std::string& name, std::span<const std::byte> bytes, const DecodeOptions& options) {
  Decoder decoder(bytes);
  if (!decoder.read_header()) fail("{}: PNG: {}", name, decoder.error());
  check_dimensions(name, decoder.width(), decoder.height(), options);
  if (decoder.stored_bytes() / kMaxDeflateRatio > static_cast<int64_t>(bytes.size())) {
    fail("{}: PNG: expected at least {} bytes for {} x {} pixels, got {}", name,
         decoder.stored_bytes() / kMaxDeflateRatio, decoder.width(), decoder.height(), bytes.size());
  }
  Image image = new_image(name, decoder.width(), decoder.height());
  if (!decoder.read_rows(image.pixels.get(), image.height, image.stride())) {
    fail("{}: PNG: {}", name, decoder.error());
  }
  return image;
}

}  // namespace ax
