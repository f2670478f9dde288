// Point clouds as the report keeps them: few points of few bits, which a page can hold by the dozen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ax {

inline constexpr size_t kMostShownPoints = 1024;
inline constexpr uint16_t kGreatestCoordinate = 1023;  // 10 bits

// Coordinates xyz [N, 3], y up, such that the ball around the middle of the cloud's box which holds the cloud
// fills 0 to kGreatestCoordinate: turned any way it stays in sight. Throws Error where N is 0 or above
// kMostShownPoints (choose them by kernels/points/farthest_points.h), or where a coordinate is not finite.
std::vector<uint16_t> shown_points(std::span<const float> xyz);

// The nearest of centers [G, 3] to each of xyz [N, 3], of equals the first: the patch that a point is shown
// in. G from 1 to 65,536.
std::vector<uint16_t> nearest_centers(std::span<const float> xyz, std::span<const float> centers);

// The three coordinates of a point in the low 30 bits of four bytes, x lowest, little-endian; a patch in two.
// Unpacking throws Error where the bytes are no whole number of these.
std::vector<std::byte> pack_points(std::span<const uint16_t> points);
std::vector<uint16_t> unpack_points(std::span<const std::byte> bytes);
std::vector<std::byte> pack_patches(std::span<const uint16_t> patches);
std::vector<uint16_t> unpack_patches(std::span<const std::byte> bytes);

}  // namespace ax
