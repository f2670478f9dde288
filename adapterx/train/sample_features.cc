#include "adapterx/train/sample_features.h"

#include <algorithm>
#include <cmath>

#include "adapterx/base/error.h"
#include "adapterx/train/evaluate.h"

namespace ax {
namespace {

class Collector {
 public:
  Collector(const Dataset& samples, const Tensor& features) : samples_(samples), features_(features) {
    all_.width = features.shape.dim(-1);
    all_.values.reserve(static_cast<size_t>(samples.size() * all_.width));
    all_.labels.reserve(static_cast<size_t>(samples.size()));
  }

  void add(const Loader::Batch& batch) {
    for (int64_t i = 0; i < batch.count; ++i) {
      const auto row =
          features_.f32_span().subspan(static_cast<size_t>(i * all_.width), static_cast<size_t>(all_.width));
      if (!std::ranges::all_of(row, [](float v) { return std::isfinite(v); })) {
        fail("{}: expected features that are finite numbers, got others; are the backbone's weights damaged?",
             samples_.name(batch.indices[static_cast<size_t>(i)]));
      }
      all_.values.insert(all_.values.end(), row.begin(), row.end());
      all_.labels.push_back(batch.labels[static_cast<size_t>(i)]);
    }
  }

  SampleFeatures take() { return std::move(all_); }

 private:
  const Dataset& samples_;
  const Tensor features_;
  SampleFeatures all_;
};

class FeatureSamples : public SampleSource {
 public:
  FeatureSamples(std::shared_ptr<const SampleFeatures> features, std::shared_ptr<const Dataset> dataset)
      : features_(std::move(features)), dataset_(std::move(dataset)) {}

  const Dataset& dataset() const override { return *dataset_; }
  int64_t input_size() const override { return features_->width; }
  Placement sample(const SampleKey& key, float* out) const override {
    std::copy_n(features_->values.data() + key.index * features_->width, features_->width, out);
    return {};
  }

 private:
  std::shared_ptr<const SampleFeatures> features_;
  std::shared_ptr<const Dataset> dataset_;
};

}  // namespace

std::shared_ptr<const SampleSource> feature_samples(std::shared_ptr<const SampleFeatures> features,
                                                    std::shared_ptr<const Dataset> dataset) {
  return std::make_shared<FeatureSamples>(std::move(features), std::move(dataset));
}

std::optional<SampleFeatures> sample_features(Session& session, std::string_view input_name, Loader& loader,
                                              const Dataset& samples,
                                              const std::function<bool(int64_t)>& on_batch) {
  Collector collector(samples, session.output("features"));
  int64_t done = 0;
  const bool all = answer_epoch(session, input_name, loader, [&](const Loader::Batch& batch) {
    collector.add(batch);
    done += batch.count;
    return !on_batch || on_batch(done);
  });
  if (!all) return std::nullopt;
  return collector.take();
}

}  // namespace ax
