// Unpacks LZF (Marc Lehmann's LibLZF), in which PCD files are compressed: a control byte below 32 is followed
// by that many bytes and one; any other says how far back, and how many bytes, to copy.
#pragma once

#include <cstddef>
#include <span>

namespace ax {

constexpr size_t kMostLzfGrows = 88;  // bytes that one byte can become: 264 of 3

// Whether `in` is sound and unpacks to exactly `out`, which it then fills.
bool unpack_lzf(std::span<const std::byte> in, std::span<std::byte> out);

}  // namespace ax
