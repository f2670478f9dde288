#include "adapterx/models/synthetic_weights.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>

#include "adapterx/base/error.h"
#include "adapterx/base/rng.h"

namespace ax {
namespace {

struct Range {
  float center, spread;
};

// Of the bias before a ReLU whose units are to stay away from its kink; 0: of any other.
float distance_from_kink(std::string_view name) {
  if (name.ends_with("adaptmlp.down_proj.bias")) return 16.0f;
  return name == "head.1.bias" || name == "head.5.bias" ? 4.0f : 0.0f;
}

bool ends_with_any(std::string_view name, std::initializer_list<std::string_view> ends) {
  return std::ranges::any_of(ends, [&](std::string_view end) { return name.ends_with(end); });
}

Range range_of(std::string_view name, const Shape& shape) {
  if (ends_with_any(name, {"bias", "tfts.beta", "running_mean"})) return {0.0f, 0.1f};
  if (ends_with_any(name, {"norm.weight", "tfts.gamma", "running_var"})) return {1.0f, 0.2f};
  if (name.ends_with("weight") && shape.rank() == 1) return {1.0f, 0.2f};
  if (ends_with_any(name, {"cls_token", "cls_pos", "pos_embed"})) return {0.0f, 0.5f};
  if (name == "images" || name == "points") return {0.0f, 1.0f};
  const double fan_in = shape.rank() == 0 ? 1.0 : static_cast<double>(shape.size() / shape[0]);
  const double factor = name == "pos_embed.0.weight" || name == "pos_embed.2.weight" ? 4.0 : 1.0;
  return {0.0f, static_cast<float>(std::sqrt(3.0 / fan_in) * factor)};
}

}  // namespace

void fill_synthetic(std::string_view name, const Shape& shape, std::span<float> out, uint64_t seed) {
  if (static_cast<int64_t>(out.size()) != shape.size()) {
    fail("{}: expected {} values for shape {}, got room for {}", name, shape.size(), to_string(shape),
         out.size());
  }
  if (const float far = distance_from_kink(name); far != 0) {
    for (size_t i = 0; i < out.size(); ++i) out[i] = i % 2 == 0 ? far : -far;
    return;
  }
  if (out.empty()) return;
  const Range range = range_of(name, shape);
  Rng(seed, 0, place_of(name)).fill_uniform(out, -1.0f, 1.0f);  // 2 u - 1, exact
  // 24-bit factors and a center of 0 or 1: exact in double, so fused or not gives the same bits.
  for (float& x : out) x = static_cast<float>(range.center + static_cast<double>(range.spread) * x);
}

bool synthetic_source(std::string_view name, const Shape& shape, std::span<float> out) {
  fill_synthetic(name, shape, out);
  return true;
}

void fill_synthetic_labels(int classes, std::span<int32_t> out, uint64_t seed) {
  if (classes < 1) fail("labels: expected at least 1 class, got {}", classes);
  const Rng rng(seed, 0, place_of("labels"));
  for (size_t b = 0; b < out.size(); ++b) {
    out[b] = static_cast<int32_t>(rng.bits(b) % static_cast<uint32_t>(classes));
  }
}

}  // namespace ax
