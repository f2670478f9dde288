#include "adapterx/data/images/augment.h"

#include <cmath>
#include <string_view>
#include <vector>

#include "adapterx/base/error.h"

namespace ax {
namespace {

constexpr const char* kNone = "none";

void check_range(std::string_view name, double value, double low, double high) {
  if (!(value >= low && value <= high)) {
    fail("augmentation: {}: expected {:g} to {:g}, got {:g}", name, low, high, value);
  }
}

void check_ordered(std::string_view name, double low, double high, double most) {
  if (!(low > 0 && low <= high && high <= most)) {
    fail("augmentation: {}: expected 0 < min <= max <= {:g}, got {:g} and {:g}", name, most, low, high);
  }
}

}  // namespace

std::string to_string(const AugmentOptions& o) {
  std::vector<std::string> parts;
  if (o.random_resized_crop)
    parts.push_back(fmt::format("random resized crop {:g}-{:g}", o.rrc_scale_min, o.rrc_scale_max));
  if (o.pad_crop > 0) {
    parts.push_back(fmt::format("pad and crop {}{}", o.pad_crop, o.pad_reflect ? " (reflected)" : ""));
  }
  const auto add = [&](std::string_view name, double value) {
    if (value > 0) parts.push_back(fmt::format("{} {:g}", name, value));
  };
  add("flip", o.flip);
  if (o.randaugment_ops > 0) {
    parts.push_back(fmt::format("RandAugment {} x {:g}", o.randaugment_ops, o.randaugment_magnitude));
  }
  add("brightness", o.brightness);
  add("contrast", o.contrast);
  add("saturation", o.saturation);
  add("hue", o.hue);
  add("grayscale", o.grayscale);
  add("erase", o.erase);
  add("mixup", o.mixup);
  add("cutmix", o.cutmix);
  return parts.empty() ? kNone : fmt::format("{}", fmt::join(parts, ", "));
}

bool is_off(const AugmentOptions& options) { return to_string(options) == kNone; }

void check(const AugmentOptions& o) {
  constexpr double kMostRatio = 1e3, kMostFactor = 100, kMostAlpha = 1e3, kMostPadding = 1 << 12;
  check_ordered("rrc_scale", o.rrc_scale_min, o.rrc_scale_max, 1);
  check_ordered("rrc_ratio", o.rrc_ratio_min, o.rrc_ratio_max, kMostRatio);
  check_range("pad_crop", static_cast<double>(o.pad_crop), 0, kMostPadding);
  check_range("flip", o.flip, 0, 1);
  check_range("randaugment_ops", static_cast<double>(o.randaugment_ops), 0, 16);
  check_range("randaugment_magnitude", o.randaugment_magnitude, 0, 30);
  check_range("brightness", o.brightness, 0, kMostFactor);
  check_range("contrast", o.contrast, 0, kMostFactor);
  check_range("saturation", o.saturation, 0, kMostFactor);
  check_range("hue", o.hue, 0, 0.5);
  check_range("grayscale", o.grayscale, 0, 1);
  check_range("erase", o.erase, 0, 1);
  check_range("mixup", o.mixup, 0, kMostAlpha);
  check_range("cutmix", o.cutmix, 0, kMostAlpha);
  if (o.random_resized_crop && o.pad_crop > 0) {
    fail("augmentation: expected one of random_resized_crop and pad_crop, got both");
  }
}

}  // namespace ax
