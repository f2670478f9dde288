#include "adapterx/data/points/point_transform.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

#include "adapterx/base/rng.h"
#include "adapterx/kernels/points/farthest_points.h"

namespace ax {
namespace {

// Many draws of one sample for one purpose: beyond the 256 that Draws has.
class ManyDraws {
 public:
  ManyDraws(const SampleKey& key, std::string_view purpose)
      : rng_(key.seed, key.epoch, place_of(purpose)), first_(static_cast<uint64_t>(key.index) << 28) {}
  uint32_t bits(size_t i) const { return rng_.bits(first_ + i); }
  double uniform(size_t i) const { return static_cast<double>(rng_.uniform(first_ + i)); }
  float normal(size_t i) const { return rng_.normal(first_ + i); }

 private:
  Rng rng_;
  uint64_t first_;
};

void turn_about_y(const SampleKey& key, std::span<float> xyz) {
  const double angle = Draws(key, "points.turn").uniform(0, 2 * std::numbers::pi);
  const auto c = static_cast<float>(std::cos(angle)), s = static_cast<float>(std::sin(angle));
  for (size_t i = 0; i < xyz.size(); i += 3) {
    const float x = xyz[i], z = xyz[i + 2];
    xyz[i] = c * x - s * z;
    xyz[i + 2] = s * x + c * z;
  }
}

void scale_and_shift(const SampleKey& key, std::span<float> xyz) {
  Draws draws(key, "points.scale");
  std::array<float, 3> scale, shift;
  for (float& s : scale) s = static_cast<float>(draws.uniform(2.0 / 3, 1.5));
  for (float& t : shift) t = static_cast<float>(draws.uniform(-0.2, 0.2));
  for (size_t i = 0; i < xyz.size(); ++i) xyz[i] = xyz[i] * scale[i % 3] + shift[i % 3];
}

void jitter(const PointAugment& o, const SampleKey& key, std::span<float> xyz) {
  const ManyDraws draws(key, "points.jitter");
  const auto deviation = static_cast<float>(o.jitter), most = static_cast<float>(o.jitter_clip);
  for (size_t i = 0; i < xyz.size(); ++i) xyz[i] += std::clamp(deviation * draws.normal(i), -most, most);
}

void drop(const PointAugment& o, const SampleKey& key, std::span<float> xyz) {
  const ManyDraws draws(key, "points.drop");
  const double part = o.point_dropout * draws.uniform(0);
  for (size_t i = 3; i < xyz.size(); i += 3) {
    if (draws.uniform(i / 3) < part) std::copy_n(xyz.begin(), 3, xyz.begin() + static_cast<ptrdiff_t>(i));
  }
}

}  // namespace

void to_unit_sphere(std::span<float> xyz) {
  std::array<double, 3> mean = {0, 0, 0};
  for (size_t i = 0; i < xyz.size(); ++i) mean[i % 3] += static_cast<double>(xyz[i]);
  const size_t points = xyz.size() / 3;
  for (double& m : mean) m /= static_cast<double>(points);
  double radius = 0;
  const auto centred = [&](size_t i) { return static_cast<double>(xyz[i]) - mean[i % 3]; };
  for (size_t i = 0; i < xyz.size(); i += 3) {
    const double x = centred(i), y = centred(i + 1), z = centred(i + 2);
    radius = std::max(radius, std::sqrt(x * x + y * y + z * z));
  }
  const double scale = radius > 0 ? 1 / radius : 0;
  for (size_t i = 0; i < xyz.size(); ++i) xyz[i] = static_cast<float>(centred(i) * scale);
}

int64_t candidate_points(int64_t points) { return (75 * points + 32) / 64; }

std::vector<float> farthest_part(const PointCloud& cloud, int64_t count) {
  if (cloud.size() <= count) return cloud.xyz;
  std::vector<int32_t> indices(static_cast<size_t>(count));
  kernels::farthest_points(cloud.xyz, count, indices);
  std::vector<float> part;
  part.reserve(static_cast<size_t>(3 * count));
  for (const int64_t i : indices) {
    part.insert(part.end(), cloud.xyz.begin() + 3 * i, cloud.xyz.begin() + 3 * i + 3);
  }
  return part;
}

void preprocess_cloud(PointCloud cloud, const PointPreprocess& preprocess, std::span<float> out) {
  if (preprocess.unit_sphere) to_unit_sphere(cloud.xyz);
  repeat_points(farthest_part(cloud, preprocess.points), out);
}

void repeat_points(std::span<const float> xyz, std::span<float> out) {
  for (size_t at = 0; at < out.size(); at += xyz.size()) {
    std::ranges::copy(xyz.first(std::min(xyz.size(), out.size() - at)),
                      out.begin() + static_cast<ptrdiff_t>(at));
  }
}

void choose_points(std::span<const float> xyz, const SampleKey& key, std::span<float> out) {
  const ManyDraws draws(key, "points.choose");
  std::vector<uint32_t> order(xyz.size() / 3);
  std::iota(order.begin(), order.end(), 0u);
  const size_t wanted = out.size() / 3;
  for (size_t i = 0; i < std::min(wanted, order.size()); ++i) {
    const uint64_t left = order.size() - i;
    std::swap(order[i], order[i + (uint64_t{draws.bits(i)} * left >> 32)]);
  }
  for (size_t i = 0; i < wanted; ++i) {
    std::ranges::copy(xyz.subspan(size_t{3} * order[i % order.size()], 3),
                      out.begin() + static_cast<ptrdiff_t>(3 * i));
  }
}

void augment_points(const PointAugment& o, const SampleKey& key, std::span<float> xyz) {
  if (o.rotate_y) turn_about_y(key, xyz);
  if (o.scale_translate) scale_and_shift(key, xyz);
  if (o.jitter > 0) jitter(o, key, xyz);
  if (o.point_dropout > 0) drop(o, key, xyz);
}

}  // namespace ax
