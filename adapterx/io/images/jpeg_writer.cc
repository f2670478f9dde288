#include "adapterx/io/images/jpeg_writer.h"

#include <stdio.h>  // jpeglib.h needs FILE

#include <jpeglib.h>

#include <csetjmp>
#include <cstdlib>

#include "adapterx/base/error.h"

namespace ax {
namespace {

// As in jpeg.cc, errors leave the library by a long jump, past no destructor.
class Encoder {
 public:
  Encoder() = default;
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;
  ~Encoder() {
    jpeg_destroy_compress(&jpeg_);
    std::free(bytes_);
  }

  bool write(const Image& image, int quality);

  std::vector<std::byte> bytes() const {
    const auto* from = reinterpret_cast<const std::byte*>(bytes_);
    return {from, from + size_};
  }
  const char* error() const { return errors_.text; }

 private:
  struct Errors : jpeg_error_mgr {
    std::jmp_buf jump;
    char text[JMSG_LENGTH_MAX];
  };
  static void on_error(j_common_ptr jpeg) {
    auto* errors = static_cast<Errors*>(jpeg->err);
    errors->format_message(jpeg, errors->text);
    std::longjmp(errors->jump, 1);
  }

  jpeg_compress_struct jpeg_ = {};
  Errors errors_ = {};
  unsigned char* bytes_ = nullptr;
  unsigned long size_ = 0;
};

bool Encoder::write(const Image& image, int quality) {
  jpeg_.err = jpeg_std_error(&errors_);
  errors_.error_exit = on_error;
  if (setjmp(errors_.jump) != 0) return false;
  jpeg_create_compress(&jpeg_);
  jpeg_mem_dest(&jpeg_, &bytes_, &size_);
  jpeg_.image_width = static_cast<JDIMENSION>(image.width);
  jpeg_.image_height = static_cast<JDIMENSION>(image.height);
  jpeg_.input_components = 3;
  jpeg_.in_color_space = JCS_RGB;
  jpeg_set_defaults(&jpeg_);
  jpeg_set_quality(&jpeg_, quality, TRUE);
  jpeg_.optimize_coding = TRUE;
  jpeg_start_compress(&jpeg_, TRUE);
  while (jpeg_.next_scanline < jpeg_.image_height) {
    JSAMPROW row = image.row(jpeg_.next_scanline);
    jpeg_write_scanlines(&jpeg_, &row, 1);
  }
  jpeg_finish_compress(&jpeg_);
  return true;
}

}  // namespace

std::vector<std::byte> encode_jpeg(const Image& image, int quality) {
  if (image.width < 1 || image.height < 1 || image.width > JPEG_MAX_DIMENSION ||
      image.height > JPEG_MAX_DIMENSION) {
    fail("JPEG: expected sides from 1 to {}, got {} x {}", JPEG_MAX_DIMENSION, image.width, image.height);
  }
  if (quality < 1 || quality > 100) fail("JPEG: expected a quality from 1 to 100, got {}", quality);
  Encoder encoder;
  if (!encoder.write(image, quality)) fail("JPEG: cannot write: {}", encoder.error());
  return encoder.bytes();
}

}  // namespace ax
