#include "adapterx/io/images/webp.h"

#include <webp/decode.h>

#include <cstring>
#include <string_view>

#include "adapterx/base/error.h"
#include "adapterx/io/images/riff.h"

namespace ax {
namespace {

constexpr int64_t kLossyPixelsPerByte = 1024;  // 16 x 16 pixels cost at least 3.4 bits of modes
enum Format { kMixed, kLossy, kLossless };     // of WebPBitstreamFeatures

const char* to_text(VP8StatusCode status) {
  switch (status) {
    case VP8_STATUS_OUT_OF_MEMORY:
      return "out of memory";
    case VP8_STATUS_SUSPENDED:
    case VP8_STATUS_NOT_ENOUGH_DATA:
      return "the file ends early";
    case VP8_STATUS_UNSUPPORTED_FEATURE:
      return "unsupported feature";
    default:
      return "damaged data";
  }
}

WebPBitstreamFeatures features_of(const std::string& name, std::string_view data) {
  WebPBitstreamFeatures features;
  const auto status = WebPGetFeatures(reinterpret_cast<const uint8_t*>(data.data()), data.size(), &features);
  if (status != VP8_STATUS_OK) fail("{}: WebP: {}", name, to_text(status));
  if (features.format == kLossy &&
      int64_t{features.width} * features.height / kLossyPixelsPerByte > static_cast<int64_t>(data.size())) {
    fail("{}: WebP: expected at least {} bytes for {} x {} pixels, got {}", name,
         int64_t{features.width} * features.height / kLossyPixelsPerByte, features.width, features.height,
         data.size());
  }
  return features;
}

void decode_into(const std::string& name, std::string_view data, uint8_t* out, size_t stride, size_t size) {
  WebPDecoderConfig config;
  if (!WebPInitDecoderConfig(&config)) fail("{}: WebP: libwebp of another version than built for", name);
  config.output.colorspace = MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA = {out, static_cast<int>(stride), size};
  const auto status = WebPDecode(reinterpret_cast<const uint8_t*>(data.data()), data.size(), &config);
  if (status != VP8_STATUS_OK) fail("{}: WebP: {}", name, to_text(status));
}

int64_t u24(std::string_view s, size_t at) {
  const auto byte = [&](size_t i) { return static_cast<int64_t>(static_cast<uint8_t>(s[at + i])); };
  return byte(0) | byte(1) << 8 | byte(2) << 16;
}

// An animation frame (chunk ANMF) is 16 bytes that begin with x / 2 and y / 2, then chunks: ALPH, VP8 or
// VP8L.
void decode_frame(const std::string& name, std::string_view frame, const Image& canvas) {
  if (frame.size() < 16) fail("{}: WebP: expected a frame of at least 16 bytes, got {}", name, frame.size());
  const int64_t x = 2 * u24(frame, 0), y = 2 * u24(frame, 3);
  for (RiffChunks chunks(frame.substr(16)); chunks.next();) {
    if (chunks.id() != "VP8 " && chunks.id() != "VP8L") continue;
    const WebPBitstreamFeatures features = features_of(name, chunks.whole());
    if (x + features.width > canvas.width || y + features.height > canvas.height) {
      fail("{}: WebP: expected a frame within {} x {} pixels, got {} x {} at ({}, {})", name, canvas.width,
           canvas.height, features.width, features.height, x, y);
    }
    const size_t start = canvas.stride() * static_cast<size_t>(y) + static_cast<size_t>(3 * x);
    return decode_into(name, chunks.whole(), canvas.pixels.get() + start, canvas.stride(),
                       canvas.size() - start);
  }
  fail("{}: WebP: expected a frame with an image, got none", name);
}

}  // namespace

Image decode_webp(const std::string& name, std::span<const std::byte> bytes, const DecodeOptions& options) {
  const std::string_view data(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const WebPBitstreamFeatures features = features_of(name, data);
  check_dimensions(name, features.width, features.height, options);
  RiffChunks file(data);
  if (!file.next()) fail("{}: WebP: {}", name, to_text(VP8_STATUS_NOT_ENOUGH_DATA));
  Image image = new_image(name, features.width, features.height);
  if (!features.has_animation) {
    decode_into(name, data, image.pixels.get(), image.stride(), image.size());
    return image;
  }
  for (RiffChunks chunks(file.data().substr(4)); chunks.next();) {
    if (chunks.id() != "ANMF") continue;
    std::memset(image.pixels.get(), 0, image.size());
    decode_frame(name, chunks.data(), image);
    return image;
  }
  fail("{}: WebP: expected a frame, got none", name);
}

}  // namespace ax
