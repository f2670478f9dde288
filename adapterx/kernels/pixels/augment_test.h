// What the tests of augmentation share: tensors and images of tests/golden/augment.safetensors
// (tools/make_augment_golden.py says what they hold).
#pragma once

#include <cstring>
#include <string>
#include <vector>

#include "adapterx/io/tensors/safetensors.h"
#include "adapterx/kernels/pixels/pixel_test.h"

namespace ax::test {

template <class T>
std::vector<T> augment_golden(const std::string& name) {
  static const TensorFile file = read_safetensors(AX_GOLDEN "/augment.safetensors");
  const auto data = file.at(name).data;
  std::vector<T> values(data.size() / sizeof(T));
  std::memcpy(values.data(), data.data(), values.size() * sizeof(T));
  return values;
}

// `synthetic` of the tool: [height, width, 3].
inline std::vector<uint8_t> augment_image(int64_t height, int64_t width, int64_t seed, int64_t kind) {
  std::vector<uint8_t> v = hash_bytes(static_cast<size_t>(3 * height * width), static_cast<size_t>(seed));
  for (size_t i = 0; i < v.size(); ++i) {
    const uint8_t of_kind[] = {v[i], static_cast<uint8_t>(50 + v[i] / 4), static_cast<uint8_t>(v[i] & 192),
                               static_cast<uint8_t>(v[i] < 128 ? 0 : 255), v[i % 3]};
    v[i] = of_kind[kind];
  }
  return v;
}

}  // namespace ax::test
