// From a TrainConfig to what a run works on: images, backbone, method.
#pragma once

#include <memory>
#include <optional>

#include "adapterx/data/image_dataset.h"
#include "adapterx/data/loader.h"
#include "adapterx/data/preprocess.h"
#include "adapterx/graph/frozen_weights.h"
#include "adapterx/methods/method.h"
#include "adapterx/models/load_report.h"
#include "adapterx/train/adapter_file.h"
#include "adapterx/train/config.h"

namespace ax {

struct TrainingSetup {
  ImageSplits images;  // `train` as data.train_on says; then val is null
  VitConfig model;     // with the data's classes
  Preprocess preprocess;
  WeightSource source;                 // empty: from scratch
  std::optional<BackboneId> backbone;  // absent: from scratch
  std::optional<LoadReport> report;
  std::unique_ptr<Method> method;
};

// Opens the data and the checkpoint. Throws Error naming what is missing or doesn't fit.
TrainingSetup open_training(const TrainConfig& config);

// Preprocessing: the family's, then the named preset's, then that of each setting given.
Preprocess preprocess_of(const DataConfig& data, const Preprocess& family);

DatasetSpec dataset_spec(const DataConfig& data);

// What a model is shown of the training images, augmented, and of images that it is evaluated on. Of
// data.cache_mb, three quarters are for the former, a quarter for the latter where they are cached.
std::shared_ptr<const SampleSource> training_samples(const TrainConfig& config, const TrainingSetup& setup);
std::shared_ptr<const SampleSource> evaluation_samples(const TrainConfig& config,
                                                       const Preprocess& preprocess,
                                                       std::shared_ptr<const ImageDataset> images,
                                                       bool cached);

LoaderOptions training_loader(const TrainConfig& config, const TrainingSetup& setup);
LoaderOptions evaluation_loader(const TrainConfig& config, int64_t batch);

}  // namespace ax
