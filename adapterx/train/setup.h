// From a TrainConfig to what a run works on: data, backbone, method.
#pragma once

#include <memory>
#include <optional>

#include "adapterx/data/loader.h"
#include "adapterx/methods/method.h"
#include "adapterx/train/config.h"
#include "adapterx/train/data_splits.h"
#include "adapterx/train/model_setup.h"

namespace ax {

struct TrainingSetup : ModelSetup {
  DataSplits data;  // `train` as data.train_on says; then val is null
  std::unique_ptr<Method> method;
};

// Opens the data and the checkpoint. Throws Error naming what is missing or doesn't fit.
TrainingSetup open_training(const TrainConfig& config);

// Preprocessing of images: the family's, then the named preset's, then what each setting given says.
Preprocess image_preprocess(const DataConfig& data, const Preprocess& family);

// The same of either kind of data. Whether clouds are put into the unit sphere
// is, where no setting says it, the protocol of the data's.
InputPreprocess preprocess_of(const DataConfig& config, const InputPreprocess& family,
                              const DataSplits& data);

// What a model is shown of the training samples, augmented, and of those that it is evaluated on. Of
// data.cache_mb, three quarters are for the former, a quarter for the latter where they are cached.
std::shared_ptr<const SampleSource> training_samples(const TrainConfig& config, const TrainingSetup& setup);
std::shared_ptr<const SampleSource> evaluation_samples(const TrainConfig& config, const TrainingSetup& setup,
                                                       Split split, bool cached);

LoaderOptions training_loader(const TrainConfig& config, const TrainingSetup& setup);
LoaderOptions evaluation_loader(const TrainConfig& config, int64_t batch);

}  // namespace ax
