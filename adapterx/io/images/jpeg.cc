#include "adapterx/io/images/jpeg.h"

#include <stdio.h>  // jpeglib.h needs FILE

#include <jerror.h>
#include <jpeglib.h>

#include <algorithm>
#include <csetjmp>
#include <cstdio>
#include <vector>

#include "adapterx/base/error.h"

namespace ax {
namespace {

constexpr int kMaxScans = 100;
constexpr int64_t kPixelsPerByte = 8 * 64;
constexpr int kBatch = 16;  // rows asked for at a time; libjpeg gives what its sampling makes at once

// libjpeg reports errors by a function that may not return; a long jump leaves the library. The functions of
// this class that call setjmp own no object with a destructor.
class Decoder {
 public:
  Decoder() = default;
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
  ~Decoder() { jpeg_destroy_decompress(&jpeg_); }

  bool read_header(std::span<const std::byte> bytes);
  void scale_to(int min_side);
  bool read_rows(uint8_t* pixels, uint8_t* cmyk_row);

  const jpeg_decompress_struct& header() const { return jpeg_; }
  const char* error() const { return errors_.text; }

 private:
  struct Errors : jpeg_error_mgr {
    std::jmp_buf jump;
    char text[JMSG_LENGTH_MAX];
  };
  static void on_error(j_common_ptr jpeg);
  static void on_message(j_common_ptr jpeg, int level);
  static void on_progress(j_common_ptr jpeg);

  jpeg_decompress_struct jpeg_ = {};
  jpeg_progress_mgr progress_ = {};
  Errors errors_ = {};
};

void Decoder::on_error(j_common_ptr jpeg) {
  auto* errors = static_cast<Errors*>(jpeg->err);
  errors->format_message(jpeg, errors->text);
  std::longjmp(errors->jump, 1);
}

void Decoder::on_message(j_common_ptr jpeg, int) {
  if (jpeg->err->msg_code == JWRN_JPEG_EOF) on_error(jpeg);
}

void Decoder::on_progress(j_common_ptr jpeg) {
  if (reinterpret_cast<j_decompress_ptr>(jpeg)->input_scan_number <= kMaxScans) return;
  auto* errors = static_cast<Errors*>(jpeg->err);
  std::snprintf(errors->text, sizeof errors->text, "expected at most %d scans, got more", kMaxScans);
  std::longjmp(errors->jump, 1);
}

bool Decoder::read_header(std::span<const std::byte> bytes) {
  jpeg_.err = jpeg_std_error(&errors_);
  errors_.error_exit = on_error;
  errors_.emit_message = on_message;
  if (setjmp(errors_.jump) != 0) return false;
  jpeg_create_decompress(&jpeg_);
  progress_.progress_monitor = on_progress;
  jpeg_.progress = &progress_;
  jpeg_mem_src(&jpeg_, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  jpeg_read_header(&jpeg_, TRUE);
  jpeg_.out_color_space = jpeg_.num_components == 4 ? JCS_CMYK : JCS_RGB;
  return true;
}

void Decoder::scale_to(int min_side) {
  jpeg_.scale_num = 1;
  jpeg_.scale_denom = 1;
  const int64_t side = std::min(jpeg_.image_width, jpeg_.image_height);
  for (const unsigned denominator : {2u, 4u, 8u}) {
    if ((side + denominator - 1) / denominator >= min_side) jpeg_.scale_denom = denominator;
  }
}

void cmyk_to_rgb(const uint8_t* cmyk, int64_t width, uint8_t* rgb) {
  for (int64_t x = 0; x < width; ++x, cmyk += 4, rgb += 3) {
    const int light = cmyk[3];
    for (int c = 0; c < 3; ++c) {
      const int product = (255 - cmyk[c]) * light + 128;
      rgb[c] = static_cast<uint8_t>(light - (((product >> 8) + product) >> 8));
    }
  }
}

bool Decoder::read_rows(uint8_t* pixels, uint8_t* cmyk_row) {
  if (setjmp(errors_.jump) != 0) return false;
  jpeg_start_decompress(&jpeg_);
  const size_t stride = size_t{3} * jpeg_.output_width;
  while (jpeg_.output_scanline < jpeg_.output_height) {
    uint8_t* const next = pixels + stride * jpeg_.output_scanline;
    JSAMPROW rows[kBatch] = {cmyk_row};
    if (cmyk_row != nullptr) {
      jpeg_read_scanlines(&jpeg_, rows, 1);
      cmyk_to_rgb(cmyk_row, jpeg_.output_width, next);
      continue;
    }
    const JDIMENSION count = std::min<JDIMENSION>(kBatch, jpeg_.output_height - jpeg_.output_scanline);
    for (JDIMENSION i = 0; i < count; ++i) rows[i] = next + stride * i;
    jpeg_read_scanlines(&jpeg_, rows, count);
  }
  jpeg_finish_decompress(&jpeg_);
  return true;
}

}  // namespace

Image decode_jpeg(const std::string& name, std::span<const std::byte> bytes, const DecodeOptions& options) {
  Decoder decoder;
  if (!decoder.read_header(bytes)) fail("{}: JPEG: {}", name, decoder.error());
  const int64_t width = decoder.header().image_width, height = decoder.header().image_height;
  const int components = decoder.header().num_components;
  check_dimensions(name, width, height, options);
  if (width * height / kPixelsPerByte > static_cast<int64_t>(bytes.size())) {
    fail("{}: JPEG: expected at least {} bytes for {} x {} pixels, got {}", name,
         width * height / kPixelsPerByte, width, height, bytes.size());
  }
  if (components != 1 && components != 3 && components != 4) {
    fail("{}: JPEG: expected 1, 3 or 4 colour components, got {}", name, components);
  }
  int64_t denominator = 1;
  if (options.jpeg_min_side > 0) {
    decoder.scale_to(options.jpeg_min_side);
    denominator = decoder.header().scale_denom;
  }
  Image image =
      new_image(name, (width + denominator - 1) / denominator, (height + denominator - 1) / denominator);
  std::vector<uint8_t> cmyk_row(components == 4 ? static_cast<size_t>(4 * image.width) : 0);
  if (!decoder.read_rows(image.pixels.get(), cmyk_row.empty() ? nullptr : cmyk_row.data())) {
    fail("{}: JPEG: {}", name, decoder.error());
  }
  return image;
}

}  // namespace ax
