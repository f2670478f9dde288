#include "adapterx/data/points/point_augment.h"

#include <vector>

#include "adapterx/base/error.h"

namespace ax {

std::string to_string(const PointAugment& o) {
  std::vector<std::string> parts;
  if (o.rotate_y) parts.emplace_back("turned about y");
  if (o.scale_translate) parts.emplace_back("scaled and shifted");
  if (o.jitter > 0) parts.push_back(fmt::format("jitter {} (at most {})", o.jitter, o.jitter_clip));
  if (o.point_dropout > 0) parts.push_back(fmt::format("point dropout up to {}", o.point_dropout));
  return parts.empty() ? "none" : fmt::format("{}", fmt::join(parts, ", "));
}

void check(const PointAugment& o) {
  const auto in_range = [](const char* name, double value, double most) {
    if (!(value >= 0 && value <= most)) {
      fail("augmentation of points: {}: expected 0 to {}, got {}", name, most, value);
    }
  };
  in_range("jitter", o.jitter, 1e6);
  in_range("jitter_clip", o.jitter_clip, 1e6);
  in_range("point_dropout", o.point_dropout, 1);
}

}  // namespace ax
