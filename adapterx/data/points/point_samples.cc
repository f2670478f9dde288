#include "adapterx/data/points/point_samples.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "adapterx/base/error.h"
#include "adapterx/data/points/point_transform.h"
#include "adapterx/data/sample_cache.h"

namespace ax {
namespace {

// The farthest points of each cloud, normalised: what does not change from epoch to epoch.
class FarthestParts {
 public:
  FarthestParts(std::shared_ptr<const PointDataset> clouds, bool unit_sphere, int64_t count,
                size_t cache_bytes)
      : clouds_(std::move(clouds)),
        unit_sphere_(unit_sphere),
        count_(count),
        cache_(clouds_->size(), cache_bytes) {}

  const PointDataset& clouds() const { return *clouds_; }

  KeptSamples kept() const { return cache_.kept(); }

  // Calls use(xyz) with those of cloud i.
  template <class Use>
  void with(int64_t i, const Use& use) const {
    if (const std::vector<float>* kept = cache_.find(i)) return use(*kept);
    PointCloud cloud = clouds_->points(i);
    const bool is_costly = cloud.size() > count_ || !clouds_->in_memory();
    if (unit_sphere_) to_unit_sphere(cloud.xyz);
    std::vector<float> part = farthest_part(cloud, count_);
    use(part);
    const size_t bytes = part.size() * sizeof(float);
    if (is_costly && cache_.has_room(bytes)) cache_.keep(i, std::move(part), bytes);
  }

 private:
  std::shared_ptr<const PointDataset> clouds_;
  bool unit_sphere_;
  int64_t count_;
  mutable SampleCache<std::vector<float>> cache_;
};

class PointSamples : public SampleSource {
 public:
  PointSamples(std::shared_ptr<const PointDataset> clouds, const PointPreprocess& preprocess, int64_t kept,
               size_t cache_bytes)
      : points_(preprocess.points), parts_(std::move(clouds), preprocess.unit_sphere, kept, cache_bytes) {}

  const Dataset& dataset() const override { return parts_.clouds(); }
  int64_t input_size() const override { return 3 * points_; }
  KeptSamples kept() const override { return parts_.kept(); }

  Placement sample(const SampleKey& key, float* out) const override {
    try {
      const std::span input(out, static_cast<size_t>(input_size()));
      parts_.with(key.index, [&](std::span<const float> xyz) { draw(xyz, key, input); });
    } catch (const Error&) {
      throw;
    } catch (const std::exception& error) {
      fail("{}: cannot be loaded: {}", parts_.clouds().name(key.index), error.what());
    }
    return {};
  }

 private:
  virtual void draw(std::span<const float> xyz, const SampleKey& /*key*/, std::span<float> out) const {
    repeat_points(xyz, out);
  }

  int64_t points_;
  FarthestParts parts_;
};

class AugmentedSamples : public PointSamples {
 public:
  AugmentedSamples(std::shared_ptr<const PointDataset> clouds, const PointPreprocess& preprocess,
                   const PointAugment& augment, size_t cache_bytes)
      : PointSamples(std::move(clouds), preprocess, candidate_points(preprocess.points), cache_bytes),
        augment_(augment) {}

 private:
  void draw(std::span<const float> xyz, const SampleKey& key, std::span<float> out) const override {
    choose_points(xyz, key, out);
    augment_points(augment_, key, out);
  }

  PointAugment augment_;
};

class Vote : public SampleSource {
 public:
  Vote(std::shared_ptr<const SampleSource> drawn, uint64_t seed, uint32_t vote)
      : drawn_(std::move(drawn)), seed_(seed), vote_(vote) {}
  const Dataset& dataset() const override { return drawn_->dataset(); }
  int64_t input_size() const override { return drawn_->input_size(); }
  Placement sample(const SampleKey& key, float* out) const override {
    return drawn_->sample({seed_, vote_, key.index}, out);
  }

 private:
  std::shared_ptr<const SampleSource> drawn_;
  uint64_t seed_;
  uint32_t vote_;
};

void check_clouds(const PointDataset* clouds) {
  if (clouds == nullptr || clouds->size() < 1) fail("loader: expected clouds, got none");
}

}  // namespace

std::shared_ptr<const SampleSource> point_samples(std::shared_ptr<const PointDataset> clouds,
                                                  const PointPreprocess& preprocess, size_t cache_bytes) {
  check_clouds(clouds.get());
  check(preprocess);
  return std::make_shared<PointSamples>(std::move(clouds), preprocess, preprocess.points, cache_bytes);
}

std::shared_ptr<const SampleSource> point_samples(std::shared_ptr<const PointDataset> clouds,
                                                  const PointPreprocess& preprocess,
                                                  const PointAugment& augment, size_t cache_bytes) {
  check_clouds(clouds.get());
  check(preprocess);
  check(augment);
  return std::make_shared<AugmentedSamples>(std::move(clouds), preprocess, augment, cache_bytes);
}

std::shared_ptr<const SampleSource> vote_samples(std::shared_ptr<const SampleSource> drawn, uint64_t seed,
                                                 uint32_t vote) {
  return std::make_shared<Vote>(std::move(drawn), seed, vote);
}

}  // namespace ax
