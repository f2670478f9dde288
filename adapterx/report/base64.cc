#include "adapterx/report/base64.h"

#include <array>
#include <cstdint>

#include "adapterx/base/error.h"

namespace ax {
namespace {

constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<int8_t, 256> kValues = [] {
  std::array<int8_t, 256> values{};
  values.fill(-1);
  for (size_t i = 0; i < kLetters.size(); ++i) {
    values[static_cast<uint8_t>(kLetters[i])] = static_cast<int8_t>(i);
  }
  return values;
}();

}  // namespace

std::string to_base64(std::span<const std::byte> bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t group = 0;
    for (size_t k = 0; k < 3; ++k) {
      group = group << 8 | (i + k < bytes.size() ? std::to_integer<uint32_t>(bytes[i + k]) : 0);
    }
    for (size_t k = 0; k < 4; ++k) {
      text += i + k <= bytes.size() ? kLetters[group >> (18 - 6 * k) & 63] : '=';
    }
  }
  return text;
}

std::vector<std::byte> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) fail("base64: expected a multiple of 4 letters, got {}", text.size());
  size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  std::vector<std::byte> bytes;
  bytes.reserve(text.size() / 4 * 3);
  for (size_t i = 0; i < text.size(); i += 4) {
    uint32_t group = 0;
    for (size_t k = 0; k < 4; ++k) {
      const int8_t value =
          i + k < text.size() - padding ? kValues[static_cast<uint8_t>(text[i + k])] : int8_t{0};
      if (value < 0) fail("base64: unexpected letter at {}", i + k);
      group = group << 6 | static_cast<uint32_t>(value);
    }
    for (int k = 2; k >= 0; --k) bytes.push_back(static_cast<std::byte>(group >> (8 * k) & 255));
  }
  bytes.resize(bytes.size() - padding);
  return bytes;
}

}  // namespace ax
