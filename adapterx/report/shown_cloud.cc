#include "adapterx/report/shown_cloud.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "adapterx/base/error.h"

namespace ax {
namespace {

constexpr uint32_t kBits = 10;

double squared_distance(const float* a, const float* b) {
  double sum = 0;
  for (int axis = 0; axis < 3; ++axis) {
    const double d = static_cast<double>(a[axis]) - static_cast<double>(b[axis]);
    sum += d * d;
  }
  return sum;
}

std::array<float, 3> middle_of_box(std::span<const float> xyz) {
  std::array<float, 3> middle{};
  for (size_t axis = 0; axis < 3; ++axis) {
    float least = xyz[axis], greatest = xyz[axis];
    for (size_t i = axis; i < xyz.size(); i += 3) {
      least = std::min(least, xyz[i]);
      greatest = std::max(greatest, xyz[i]);
    }
    middle[axis] = least / 2 + greatest / 2;
  }
  return middle;
}

void append(uint32_t value, int bytes, std::vector<std::byte>& out) {
  for (int i = 0; i < bytes; ++i) out.push_back(static_cast<std::byte>(value >> (8 * i) & 255));
}

uint32_t value_at(std::span<const std::byte> bytes) {
  uint32_t value = 0;
  for (size_t i = 0; i < bytes.size(); ++i) value |= std::to_integer<uint32_t>(bytes[i]) << (8 * i);
  return value;
}

}  // namespace

std::vector<uint16_t> shown_points(std::span<const float> xyz) {
  if (xyz.empty() || xyz.size() % 3 != 0 || xyz.size() > 3 * kMostShownPoints) {
    fail("shown_points: expected 3 coordinates each of 1 to {} points, got {}", kMostShownPoints, xyz.size());
  }
  for (const float value : xyz) {
    if (!std::isfinite(value)) fail("shown_points: expected finite coordinates, got {}", value);
  }
  const std::array<float, 3> middle = middle_of_box(xyz);
  double radius = 0;
  for (size_t i = 0; i < xyz.size(); i += 3) {
    radius = std::max(radius, squared_distance(&xyz[i], middle.data()));
  }
  radius = std::sqrt(radius);
  const double half = kGreatestCoordinate / 2.0, scale = radius > 0 ? half / radius : 0;
  std::vector<uint16_t> points;
  points.reserve(xyz.size());
  for (size_t i = 0; i < xyz.size(); ++i) {
    const double at = half + scale * (static_cast<double>(xyz[i]) - static_cast<double>(middle[i % 3]));
    points.push_back(static_cast<uint16_t>(std::clamp(std::round(at), 0.0, double{kGreatestCoordinate})));
  }
  return points;
}

std::vector<uint16_t> nearest_centers(std::span<const float> xyz, std::span<const float> centers) {
  std::vector<uint16_t> nearest;
  for (size_t i = 0; i + 2 < xyz.size(); i += 3) {
    double least = std::numeric_limits<double>::infinity();
    size_t best = 0;
    for (size_t c = 0; c + 2 < centers.size(); c += 3) {
      const double distance = squared_distance(&xyz[i], &centers[c]);
      if (distance < least) {
        least = distance;
        best = c / 3;
      }
    }
    nearest.push_back(static_cast<uint16_t>(best));
  }
  return nearest;
}

std::vector<std::byte> pack_points(std::span<const uint16_t> points) {
  std::vector<std::byte> bytes;
  for (size_t i = 0; i + 2 < points.size(); i += 3) {
    append(uint32_t{points[i]} | uint32_t{points[i + 1]} << kBits | uint32_t{points[i + 2]} << 2 * kBits, 4,
           bytes);
  }
  return bytes;
}

std::vector<uint16_t> unpack_points(std::span<const std::byte> bytes) {
  if (bytes.size() % 4 != 0) fail("points: expected a multiple of 4 bytes, got {}", bytes.size());
  std::vector<uint16_t> points;
  for (size_t i = 0; i < bytes.size(); i += 4) {
    const uint32_t value = value_at(bytes.subspan(i, 4));
    for (uint32_t axis = 0; axis < 3; ++axis) {
      points.push_back(static_cast<uint16_t>(value >> (axis * kBits) & kGreatestCoordinate));
    }
  }
  return points;
}

std::vector<std::byte> pack_patches(std::span<const uint16_t> patches) {
  std::vector<std::byte> bytes;
  for (const uint16_t patch : patches) append(patch, 2, bytes);
  return bytes;
}

std::vector<uint16_t> unpack_patches(std::span<const std::byte> bytes) {
  if (bytes.size() % 2 != 0) fail("patch: expected a multiple of 2 bytes, got {}", bytes.size());
  std::vector<uint16_t> patches;
  for (size_t i = 0; i < bytes.size(); i += 2) {
    patches.push_back(static_cast<uint16_t>(value_at(bytes.subspan(i, 2))));
  }
  return patches;
}

}  // namespace ax
