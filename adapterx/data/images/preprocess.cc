#include "adapterx/data/images/preprocess.h"

#include <cmath>
#include <vector>

#include "adapterx/base/error.h"

namespace ax {
namespace {

struct NamedPreprocess {
  std::string_view name;
  Preprocess value;
};

const std::vector<NamedPreprocess>& presets() {
  constexpr Interpolation kBicubic = Interpolation::bicubic;
  static const std::vector<NamedPreprocess> all = {
      {"none", {224, kBicubic, Crop::squash, 1.0, {0, 0, 0}, {1, 1, 1}}},
      {"imagenet", {224, kBicubic, Crop::center, 0.875, {0.485f, 0.456f, 0.406f}, {0.229f, 0.224f, 0.225f}}},
      {"half", {224, kBicubic, Crop::center, 0.9, {0.5f, 0.5f, 0.5f}, {0.5f, 0.5f, 0.5f}}},
      {"clip",
       {224,
        kBicubic,
        Crop::center,
        1.0,
        {0.48145466f, 0.4578275f, 0.40821073f},
        {0.26862954f, 0.26130258f, 0.27577711f}}},
  };
  return all;
}

template <class Enum>
using Names = std::vector<std::pair<std::string_view, Enum>>;

const Names<Interpolation> kInterpolations = {{"nearest", Interpolation::nearest},
                                              {"bilinear", Interpolation::bilinear},
                                              {"bicubic", Interpolation::bicubic},
                                              {"lanczos", Interpolation::lanczos}};
const Names<Crop> kCrops = {{"center", Crop::center}, {"squash", Crop::squash}};

template <class Enum>
Enum parse(std::string_view what, std::string_view name, const Names<Enum>& all) {
  std::vector<std::string> names;
  for (const auto& [known, value] : all) {
    if (name == known) return value;
    names.emplace_back(known);
  }
  fail("{} `{}`: expected {}{}", what, name, fmt::join(names, ", "), did_you_mean(name, names));
}

template <class Enum>
std::string_view name_of(Enum value, const Names<Enum>& all) {
  for (const auto& [name, known] : all) {
    if (value == known) return name;
  }
  return "?";
}

}  // namespace

Preprocess preprocess_preset(std::string_view name) {
  std::vector<std::string> names;
  for (const NamedPreprocess& preset : presets()) {
    if (preset.name == name) return preset.value;
    names.emplace_back(preset.name);
  }
  fail("preprocessing `{}`: expected {}{}", name, fmt::join(names, ", "), did_you_mean(name, names));
}

Interpolation parse_interpolation(std::string_view name) {
  return parse("interpolation", name, kInterpolations);
}
Crop parse_crop(std::string_view name) { return parse("crop", name, kCrops); }
std::string_view to_string(Interpolation interpolation) { return name_of(interpolation, kInterpolations); }
std::string_view to_string(Crop crop) { return name_of(crop, kCrops); }

std::string to_string(const Preprocess& p) {
  const std::string crop =
      p.crop == Crop::squash ? "squashed" : fmt::format("center crop of {:.4g}", p.crop_pct);
  return fmt::format("{} px, {}, {}, mean [{:.4g}], std [{:.4g}]", p.size, to_string(p.interpolation), crop,
                     fmt::join(p.mean, ", "), fmt::join(p.std, ", "));
}

void check(const Preprocess& p) {
  if (p.size < 1) fail("preprocessing: size {}: expected 1 or more", p.size);
  if (!(p.crop_pct > 0 && p.crop_pct <= 1)) {
    fail("preprocessing: crop_pct {}: expected above 0, at most 1", p.crop_pct);
  }
  for (const float s : p.std) {
    if (!(s > 0 && std::isfinite(s))) fail("preprocessing: std {}: expected above 0", s);
  }
  for (const float m : p.mean) {
    if (!std::isfinite(m)) fail("preprocessing: mean {}: expected a number", m);
  }
}

}  // namespace ax
