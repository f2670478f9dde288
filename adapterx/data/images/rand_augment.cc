#include "adapterx/data/images/rand_augment.h"

#include <cmath>
#include <cstring>
#include <numbers>

#include "adapterx/kernels/pixels/colour.h"

namespace ax {
namespace {

constexpr double kMostMagnitude = 30;
constexpr double kMostShear = 0.3, kMostShift = 150.0 / 331, kMostAngle = 30, kMostFactor = 0.9;

kernels::AffineMap rotation(double degrees, int64_t size) {
  const double angle = degrees * std::numbers::pi / 180, c = std::cos(angle), s = std::sin(angle);
  const double middle = static_cast<double>(size) / 2;
  return {c, -s, middle - middle * c + middle * s, s, c, middle - middle * s - middle * c};
}

bool moves_pixels(RandOp op) { return op >= RandOp::shear_x && op <= RandOp::rotate; }

// Of the operations that move pixels. t: signed, in [-1, 1].
kernels::AffineMap map_of(RandOp op, double t, int64_t size) {
  const double shift = std::trunc(kMostShift * static_cast<double>(size) * t);
  switch (op) {
    case RandOp::shear_x:
      return {1, kMostShear * t, 0, 0, 1, 0};
    case RandOp::shear_y:
      return {1, 0, 0, kMostShear * t, 1, 0};
    case RandOp::translate_x:
      return {1, 0, -shift, 0, 1, 0};
    case RandOp::translate_y:
      return {1, 0, 0, 0, 1, -shift};
    default:
      return rotation(kMostAngle * t, size);
  }
}

struct DrawnOp {
  RandOp op;
  bool negative;
};
DrawnOp draw_op(Draws& draws) {
  const auto op = static_cast<RandOp>(draws.below(kRandOps));
  return {op, draws.below(2) == 1};
}

}  // namespace

void apply_rand_op(RandOp op, double magnitude, bool negative, int64_t size, uint8_t* pixels,
                   std::vector<uint8_t>& scratch) {
  const double t = magnitude / kMostMagnitude, signed_t = negative ? -t : t;
  const int64_t count = size * size;
  const auto factor = static_cast<float>(1 + kMostFactor * signed_t);
  const auto copied = [&] {
    scratch.assign(pixels, pixels + 3 * count);
    return scratch.data();
  };
  switch (op) {
    case RandOp::identity:
      return;
    case RandOp::shear_x:
    case RandOp::shear_y:
    case RandOp::translate_x:
    case RandOp::translate_y:
    case RandOp::rotate:
      return kernels::affine_pixels(copied(), size, size, map_of(op, signed_t, size), pixels);
    case RandOp::brightness:
      return kernels::adjust_brightness(pixels, count, factor);
    case RandOp::color:
      return kernels::adjust_saturation(pixels, count, factor);
    case RandOp::contrast:
      return kernels::adjust_contrast(pixels, count, factor);
    case RandOp::sharpness:
      return kernels::adjust_sharpness(copied(), size, size, factor, pixels);
    case RandOp::posterize:
      return kernels::posterize(pixels, count, 8 - static_cast<int>(std::nearbyint(4 * t)));
    case RandOp::solarize:
      return kernels::solarize(pixels, count, static_cast<float>(255 * (1 - t)));
    case RandOp::auto_contrast:
      return kernels::autocontrast(pixels, count);
    case RandOp::equalize:
      return kernels::equalize(pixels, count);
  }
}

void rand_augment(const AugmentOptions& o, const SampleKey& key, int64_t size, uint8_t* pixels,
                  std::vector<uint8_t>& scratch) {
  Draws draws(key, "augment.randaugment");
  for (int64_t i = 0; i < o.randaugment_ops; ++i) {
    const auto [op, negative] = draw_op(draws);
    apply_rand_op(op, o.randaugment_magnitude, negative, size, pixels, scratch);
  }
}

Placement rand_augment_placement(const AugmentOptions& o, const SampleKey& key, int64_t size) {
  Placement all;
  Draws draws(key, "augment.randaugment");
  for (int64_t i = 0; i < o.randaugment_ops; ++i) {
    const auto [op, negative] = draw_op(draws);
    const double t = o.randaugment_magnitude / kMostMagnitude;
    if (moves_pixels(op)) all = all.then(Placement(map_of(op, negative ? -t : t, size)));
  }
  return all;
}

}  // namespace ax
