// What the tests of pixel kernels share: synthetic bytes, and tensors of tests/golden/pixels.safetensors
// (tools/make_pixel_golden.py says what they hold).
#pragma once

#include <cstring>
#include <vector>

#include "adapterx/io/tensors/safetensors.h"

namespace ax::test {

inline uint32_t mix(uint32_t x) {
  x ^= x >> 16;
  x *= 0x7feb352du;
  x ^= x >> 15;
  x *= 0x846ca68bu;
  return x ^ x >> 16;
}

// hash_bytes of the tool.
inline std::vector<uint8_t> hash_bytes(size_t count, size_t seed) {
  std::vector<uint8_t> bytes(count);
  for (size_t i = 0; i < count; ++i) {
    bytes[i] = static_cast<uint8_t>(mix(static_cast<uint32_t>(i + 1 + seed * 1000003)) >> 24);
  }
  return bytes;
}

inline const TensorFile& pixel_golden() {
  static const TensorFile file = read_safetensors(AX_GOLDEN "/pixels.safetensors");
  return file;
}

template <class T>
std::vector<T> golden_values(const char* name) {
  const auto data = pixel_golden().at(name).data;
  std::vector<T> values(data.size() / sizeof(T));
  std::memcpy(values.data(), data.data(), values.size() * sizeof(T));
  return values;
}

}  // namespace ax::test
