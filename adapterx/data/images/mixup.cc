#include "adapterx/data/images/mixup.h"

#include <algorithm>
#include <cmath>

namespace ax {
namespace {

constexpr int kTries = 32;  // of Marsaglia and Tsang's rejection, which takes 95 % and more

// log of a Gamma(shape, 1): "A simple method for generating gamma variables", Marsaglia and Tsang, TOMS 2000;
// shapes below 1 by the power of a uniform number, in logarithms because it may underflow.
double draw_log_gamma(double shape, Draws& draws) {
  const double boost = shape < 1 ? std::log(1 - draws.uniform()) / shape : 0;
  const double d = (shape < 1 ? shape + 1 : shape) - 1.0 / 3, c = 1 / std::sqrt(9 * d);
  for (int i = 0; i < kTries; ++i) {
    const double x = draws.normal(), root = 1 + c * x, u = 1 - draws.uniform();
    if (root <= 0) continue;
    const double v = root * root * root;
    if (std::log(u) < 0.5 * x * x + d - d * v + d * std::log(v)) return std::log(d * v) + boost;
  }
  return std::log(d) + boost;
}

void blend_pair(float* a, float* b, int64_t count, float lambda) {
  const float rest = 1 - lambda;
  for (int64_t i = 0; i < count; ++i) {
    const float x = a[i], y = b[i];
    a[i] = lambda * x + rest * y;
    b[i] = lambda * y + rest * x;
  }
}

void swap_box(float* a, float* b, const CropBox& box, int64_t height, int64_t width) {
  for (int64_t c = 0; c < 3; ++c) {
    for (int64_t y = box.y; y < box.y + box.height; ++y) {
      const int64_t at = (c * height + y) * width + box.x;
      std::swap_ranges(a + at, a + at + box.width, b + at);
    }
  }
}

CropBox draw_box(double lambda, int64_t height, int64_t width, Draws& draws) {
  const double ratio = std::sqrt(1 - lambda);
  const auto half_height = static_cast<int64_t>(static_cast<double>(height) * ratio) / 2;
  const auto half_width = static_cast<int64_t>(static_cast<double>(width) * ratio) / 2;
  const int64_t y = draws.below(height), x = draws.below(width);
  const int64_t y0 = std::max<int64_t>(y - half_height, 0), y1 = std::min(y + half_height, height);
  const int64_t x0 = std::max<int64_t>(x - half_width, 0), x1 = std::min(x + half_width, width);
  return {y0, x0, y1 - y0, x1 - x0};
}

}  // namespace

double draw_beta(double alpha, Draws& draws) {
  const double a = draw_log_gamma(alpha, draws), b = draw_log_gamma(alpha, draws);
  return 1 / (1 + std::exp(b - a));
}

BatchMix draw_mix(const AugmentOptions& o, int64_t height, int64_t width, const SampleKey& key) {
  Draws draws(key, "augment.mix");
  const bool coin = draws.chance(0.5);
  const bool cuts = o.cutmix > 0 && (o.mixup <= 0 || coin);
  BatchMix mix{draw_beta(cuts ? o.cutmix : o.mixup, draws)};
  if (!cuts) return mix;
  mix.box = draw_box(mix.lambda, height, width, draws);
  const auto area = static_cast<double>(height * width);
  mix.lambda = 1 - static_cast<double>(mix.box.height * mix.box.width) / area;
  return mix;
}

void mix_images(const BatchMix& mix, int64_t count, int64_t height, int64_t width, float* images) {
  const int64_t size = 3 * height * width;
  const bool cuts = mix.box != CropBox{};
  for (int64_t i = 0; i < count / 2; ++i) {
    float *a = images + i * size, *b = images + (count - 1 - i) * size;
    if (cuts) {
      swap_box(a, b, mix.box, height, width);
    } else {
      blend_pair(a, b, size, static_cast<float>(mix.lambda));
    }
  }
}

void mix_targets(const BatchMix& mix, int64_t count, int64_t classes, float* targets) {
  for (int64_t i = 0; i < count / 2; ++i) {
    blend_pair(targets + i * classes, targets + (count - 1 - i) * classes, classes,
               static_cast<float>(mix.lambda));
  }
}

}  // namespace ax
