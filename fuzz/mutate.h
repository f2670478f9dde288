// Truncations and mutations of a file, the same for the same seed. Internal to corpus_test.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ax::fuzz {

// One to four changes: flipped bits, bytes and little-endian numbers that are likely to be special, stretches
// dropped, doubled or moved.
std::vector<std::byte> mutated(const std::vector<std::byte>& bytes, uint64_t seed);

// The lengths to cut a file to: all of a short file, else the ends and a thousand or so between.
std::vector<size_t> truncations(size_t size);

}  // namespace ax::fuzz
