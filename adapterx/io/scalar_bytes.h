// One number of a binary file, of any type and byte order, as double. Internal to the readers of shapes.
#pragma once

#include <bit>
#include <cstddef>
#include <cstring>

#include "adapterx/io/tensors/tensor_file.h"

namespace ax {

template <class Number, class Bits>
double number_at(const std::byte* at, bool big_endian) {
  Bits bits;
  std::memcpy(&bits, at, sizeof bits);
  if constexpr (sizeof bits == 2) bits = big_endian ? __builtin_bswap16(bits) : bits;
  if constexpr (sizeof bits == 4) bits = big_endian ? __builtin_bswap32(bits) : bits;
  if constexpr (sizeof bits == 8) bits = big_endian ? __builtin_bswap64(bits) : bits;
  return static_cast<double>(std::bit_cast<Number>(bits));
}

// The size_of(type) bytes at `at` as a number; of the types: integers, f32 and f64.
inline double scalar_at(FileDType type, const std::byte* at, bool big_endian) {
  switch (type) {
    case FileDType::f64:
      return number_at<double, uint64_t>(at, big_endian);
    case FileDType::i64:
      return number_at<int64_t, uint64_t>(at, big_endian);
    case FileDType::u64:
      return number_at<uint64_t, uint64_t>(at, big_endian);
    case FileDType::i32:
      return number_at<int32_t, uint32_t>(at, big_endian);
    case FileDType::u32:
      return number_at<uint32_t, uint32_t>(at, big_endian);
    case FileDType::i16:
      return number_at<int16_t, uint16_t>(at, big_endian);
    case FileDType::u16:
      return number_at<uint16_t, uint16_t>(at, big_endian);
    case FileDType::i8:
      return number_at<int8_t, uint8_t>(at, big_endian);
    case FileDType::u8:
      return number_at<uint8_t, uint8_t>(at, big_endian);
    default:
      return number_at<float, uint32_t>(at, big_endian);
  }
}

}  // namespace ax
