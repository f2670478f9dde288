#include "adapterx/data/sample_source.h"

#include <utility>

#include "adapterx/data/dataset_views.h"

namespace ax {
namespace {

class SourceSubset : public SampleSource {
 public:
  SourceSubset(std::shared_ptr<const SampleSource> whole, const std::vector<int64_t>& indices)
      : whole_(std::move(whole)),
        indices_(indices),
        dataset_(std::shared_ptr<const Dataset>(whole_, &whole_->dataset()), indices) {}

  const Dataset& dataset() const override { return dataset_; }
  int64_t input_size() const override { return whole_->input_size(); }
  Placement sample(const SampleKey& key, float* out) const override {
    return whole_->sample({key.seed, key.epoch, indices_[static_cast<size_t>(key.index)]}, out);
  }
  bool stays() const override { return whole_->stays(); }
  bool mixes() const override { return whole_->mixes(); }
  void mix(const SampleKey& key, int64_t count, std::span<float> inputs,
           std::span<float> targets) const override {
    whole_->mix(key, count, inputs, targets);
  }

 private:
  std::shared_ptr<const SampleSource> whole_;
  std::vector<int64_t> indices_;
  SubsetOf<Dataset> dataset_;
};

}  // namespace

std::shared_ptr<const SampleSource> subset(std::shared_ptr<const SampleSource> samples,
                                           std::vector<int64_t> indices) {
  return std::make_shared<SourceSubset>(std::move(samples), indices);
}

}  // namespace ax
