// Point clouds as a model's input [points, 3].
#pragma once

#include "adapterx/data/model_input.h"
#include "adapterx/data/points/point_preprocess.h"

namespace ax {

class PointInput : public ModelInput {
 public:
  // Throws Error as check(PointPreprocess) does.
  explicit PointInput(const PointPreprocess& preprocess);

  const PointPreprocess& preprocess() const { return preprocess_; }

  std::string_view name() const override { return "points"; }
  std::string_view noun() const override { return "clouds"; }
  std::string_view kind() const override { return kOfClouds; }
  std::string text() const override;
  int64_t sample_size() const override { return 3 * preprocess_.points; }
  ModelInputPtr with(const PreprocessSettings& settings) const override;
  std::vector<std::filesystem::path> find_files(std::span<const std::filesystem::path> paths) const override;
  std::vector<std::string> load_files(std::span<const std::filesystem::path> files,
                                      const FileLoading& options, std::span<float> out) const override;
  bool recognises(const DatasetSpec& spec) const override;
  DataSplits open(const DatasetSpec& spec) const override;
  std::shared_ptr<const Dataset> concatenate(const std::shared_ptr<const Dataset>& first,
                                             const std::shared_ptr<const Dataset>& second) const override;
  std::shared_ptr<const SampleSource> samples(std::shared_ptr<const Dataset> dataset,
                                              size_t cache_bytes) const override;
  std::shared_ptr<const SampleSource> samples(std::shared_ptr<const Dataset> dataset,
                                              const Augmentation& augmentation,
                                              size_t cache_bytes) const override;
  bool is_turnable() const override { return true; }
  Drawing thumbnail(const Dataset& dataset, int64_t i) const override;
  Drawing portrait(std::span<const float> input, int64_t patches) const override;
  DatasetSpec spec(DatasetSpec spec) const override {
    spec.sample_points = preprocess_.sample_points;
    return spec;
  }
  bool draws_samples() const override { return true; }
  // The published votes: random choices of points, scaled and shifted.
  std::shared_ptr<const SampleSource> drawn_samples(
      const std::shared_ptr<const Dataset>& dataset) const override;

 private:
  PointPreprocess preprocess_;
};

}  // namespace ax
