// Images as a model's input [3, size, size].
#pragma once

#include "adapterx/data/images/preprocess.h"
#include "adapterx/data/model_input.h"

namespace ax {

class ImageInput : public ModelInput {
 public:
  // Throws Error as check(Preprocess) does.
  explicit ImageInput(const Preprocess& preprocess);

  const Preprocess& preprocess() const { return preprocess_; }

  std::string_view name() const override { return "images"; }
  std::string_view noun() const override { return "images"; }
  std::string_view kind() const override { return kOfImages; }
  std::string text() const override { return to_string(preprocess_); }
  int64_t sample_size() const override { return 3 * preprocess_.size * preprocess_.size; }
  ModelInputPtr with(const PreprocessSettings& settings) const override;
  std::vector<std::filesystem::path> find_files(std::span<const std::filesystem::path> paths) const override;
  std::vector<std::string> load_files(std::span<const std::filesystem::path> files,
                                      const FileLoading& options, std::span<float> out) const override;
  DataSplits open(const DatasetSpec& spec) const override;
  std::shared_ptr<const Dataset> concatenate(const std::shared_ptr<const Dataset>& first,
                                             const std::shared_ptr<const Dataset>& second) const override;
  std::shared_ptr<const SampleSource> samples(std::shared_ptr<const Dataset> dataset,
                                              size_t cache_bytes) const override;
  std::shared_ptr<const SampleSource> samples(std::shared_ptr<const Dataset> dataset,
                                              const Augmentation& augmentation,
                                              size_t cache_bytes) const override;
  bool is_turnable() const override { return false; }
  Drawing thumbnail(const Dataset& dataset, int64_t i) const override;
  Drawing portrait(std::span<const float> input, int64_t patches) const override;

 private:
  Preprocess preprocess_;
};

}  // namespace ax
