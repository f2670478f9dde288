// ModelInput: what a model is shown. One object knows the kind of sample, how a sample is preprocessed, and
// all that follows: which files hold such samples, how data sets of them are opened, what training does to
// them. A backbone names the input it takes (models/backbone.h); the rest of the code doesn't ask which kind
// it is. Implementations: data/images/image_input.h, data/points/point_input.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapterx/data/augmentation.h"
#include "adapterx/data/data_splits.h"
#include "adapterx/data/dataset.h"
#include "adapterx/data/preprocess_settings.h"
#include "adapterx/data/sample_source.h"
#include "adapterx/io/images/image.h"

namespace ax {

class ModelInput;
using ModelInputPtr = std::shared_ptr<const ModelInput>;

struct FileLoading {
  bool scaled_jpeg = false;  // large JPEGs are decoded smaller: faster, other pixels (ImageLoadOptions)
};

// How a report draws a sample: as an image, or as points that can be turned.
struct Drawing {
  std::optional<Image> image;
  std::vector<float> points;         // [N, 3], well spread; empty where there is an image
  std::vector<float> patch_centers;  // [patches, 3] of a cloud whose points are coloured by patches
};

// Who has a setting that not all data have (Setting::of).
inline constexpr std::string_view kOfImages = "images", kOfClouds = "point clouds";

inline constexpr int64_t kThumbnailSide = 112, kThumbnailPoints = 512, kPortraitPoints = 1024;

class ModelInput {
 public:
  virtual ~ModelInput() = default;

  virtual std::string_view name() const = 0;  // of the graph's input: "images", "points"
  virtual std::string_view noun() const = 0;  // of samples, in the plural: "images", "clouds"
  virtual std::string_view kind() const = 0;  // of data, as settings name who has them: kOfImages, kOfClouds
  virtual std::string text() const = 0;       // "224 px, bicubic ...", "1,024 points ..."
  virtual int64_t sample_size() const = 0;    // numbers of one sample

  // The same input, preprocessed as the settings say. Throws Error on a setting out of its range, and on one
  // that means nothing to this kind of sample.
  virtual ModelInputPtr with(const PreprocessSettings& settings) const = 0;

  // Files and folders to the files of samples below them, in order. Throws Error where a path doesn't exist
  // or a folder holds none.
  virtual std::vector<std::filesystem::path> find_files(
      std::span<const std::filesystem::path> paths) const = 0;
  // Many files, on all threads: out [files, sample_size()]. An error text for each file, "" where it is well;
  // the input of one that failed is zero.
  virtual std::vector<std::string> load_files(std::span<const std::filesystem::path> files,
                                              const FileLoading& options, std::span<float> out) const = 0;

  // Whether a data set or a file is surely of this kind, as names and extensions tell. Nothing is opened, and
  // nothing is told of data that aren't there.
  virtual bool recognises(const DatasetSpec& /*spec*/) const { return false; }
  // Throws Error as open_image_splits and open_point_splits do.
  virtual DataSplits open(const DatasetSpec& spec) const = 0;
  // The samples of both, those of `first` first; either may be null. Of data sets that open() gave.
  virtual std::shared_ptr<const Dataset> concatenate(const std::shared_ptr<const Dataset>& first,
                                                     const std::shared_ptr<const Dataset>& second) const = 0;

  // What the model is shown of a data set that open() gave: as it is, or augmented for training. cache_bytes:
  // for samples that are kept as they were read.
  virtual std::shared_ptr<const SampleSource> samples(std::shared_ptr<const Dataset> dataset,
                                                      size_t cache_bytes) const = 0;
  virtual std::shared_ptr<const SampleSource> samples(std::shared_ptr<const Dataset> dataset,
                                                      const Augmentation& augmentation,
                                                      size_t cache_bytes) const = 0;

  // Whether a reader looks at samples by turning them: a report shows some of them in any case.
  virtual bool is_turnable() const = 0;
  // A small picture of sample i as it is in its files, about `kThumbnailSide` pixels or `kThumbnailPoints`.
  virtual Drawing thumbnail(const Dataset& dataset, int64_t i) const = 0;
  // One sample as the model sees it: input [sample_size()], cut by the model into so many patches.
  virtual Drawing portrait(std::span<const float> input, int64_t patches) const = 0;

  // How a data set is opened for this input, where it matters: as many points of a surface as it was trained
  // on.
  virtual DatasetSpec spec(DatasetSpec spec) const { return spec; }

  // For voting at test time: whether the model is shown random choices of a sample, and the samples of which
  // vote_samples (data/points/point_samples.h) draws another choice for each vote; null where it isn't.
  virtual bool draws_samples() const { return false; }
  virtual std::shared_ptr<const SampleSource> drawn_samples(
      const std::shared_ptr<const Dataset>& /*dataset*/) const {
    return nullptr;
  }
};

// Training samples become those of train, then val; val is null.
void train_on_validation(const ModelInput& input, DataSplits& splits);

}  // namespace ax
