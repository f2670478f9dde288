#include "adapterx/data/images/colour_jitter.h"

#include <algorithm>
#include <array>
#include <utility>

#include "adapterx/kernels/pixels/colour.h"

namespace ax {
namespace {

float draw_factor(double strength, Draws& draws) {
  return static_cast<float>(draws.uniform(std::max(0.0, 1 - strength), 1 + strength));
}

}  // namespace

void jitter_colours(const AugmentOptions& o, const SampleKey& key, uint8_t* pixels, int64_t count) {
  Draws draws(key, "augment.jitter");
  std::array<int, 4> order = {0, 1, 2, 3};
  for (int i = 3; i > 0; --i) std::swap(order[i], order[draws.below(i + 1)]);
  const float brightness = draw_factor(o.brightness, draws), contrast = draw_factor(o.contrast, draws);
  const float saturation = draw_factor(o.saturation, draws);
  const double turn = draws.uniform(-o.hue, o.hue);
  for (const int step : order) {
    if (step == 0 && o.brightness > 0) kernels::adjust_brightness(pixels, count, brightness);
    if (step == 1 && o.contrast > 0) kernels::adjust_contrast(pixels, count, contrast);
    if (step == 2 && o.saturation > 0) kernels::adjust_saturation(pixels, count, saturation);
    if (step == 3 && o.hue > 0) kernels::turn_hue(pixels, count, turn);
  }
  if (draws.chance(o.grayscale)) kernels::to_grey(pixels, count);
}

}  // namespace ax
