#include "adapterx/models/synthetic_weights.h"

#include <cmath>

#include "adapterx/base/error.h"
#include "adapterx/base/rng.h"

namespace ax {
namespace {

constexpr float kFarFromKink = 16.0f;

struct Range {
  float center, spread;
};

Range range_of(std::string_view name, const Shape& shape) {
  if (name.ends_with("bias")) return {0.0f, 0.1f};
  if (name.ends_with("weight") && shape.rank() == 1) return {1.0f, 0.2f};
  if (name.ends_with("cls_token") || name.ends_with("pos_embed")) return {0.0f, 0.5f};
  if (name == "images") return {0.0f, 1.0f};
  const double fan_in = shape.rank() == 0 ? 1.0 : static_cast<double>(shape.size() / shape[0]);
  return {0.0f, static_cast<float>(std::sqrt(3.0 / fan_in))};
}

}  // namespace

void fill_synthetic(std::string_view name, const Shape& shape, std::span<float> out, uint64_t seed) {
  if (static_cast<int64_t>(out.size()) != shape.size()) {
    fail("{}: expected {} values for shape {}, got room for {}", name, shape.size(), to_string(shape),
         out.size());
  }
  if (name.ends_with("adaptmlp.down_proj.bias")) {
    for (size_t i = 0; i < out.size(); ++i) out[i] = i % 2 == 0 ? kFarFromKink : -kFarFromKink;
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
