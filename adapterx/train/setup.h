// From a TrainConfig to what a run works on: a task, a backbone, a method, and data.
#pragma once

#include <memory>

#include "adapterx/data/loader.h"
#include "adapterx/methods/method.h"
#include "adapterx/tasks/task.h"
#include "adapterx/train/config.h"
#include "adapterx/train/model_setup.h"

namespace ax {

struct TrainingSetup : ModelSetup {
  DataSplits data;  // `train` as data.train_on says; then val is null
  TaskPtr task;
  std::unique_ptr<Method> method;
};

// Opens the data and the checkpoint. Throws Error naming what is missing or doesn't fit.
TrainingSetup open_training(const TrainConfig& config);

// How a data set is opened, and preprocessed over what the weights and the data's protocol say.
DatasetSpec dataset_spec(const DataConfig& data);
PreprocessSettings preprocess_settings(const DataConfig& data, const PreprocessSettings& protocol = {});

// What a model is shown of the training samples, augmented, and of those that it is evaluated on. Of
// data.cache_mb, three quarters are for the former, a quarter for the latter where they are cached.
std::shared_ptr<const SampleSource> training_samples(const TrainConfig& config, const TrainingSetup& setup);
std::shared_ptr<const SampleSource> evaluation_samples(const TrainConfig& config, const TrainingSetup& setup,
                                                       Split split, bool cached);

// Batches of samples with the targets that the task has of them.
std::unique_ptr<Loader> make_loader(const TrainingSetup& setup, std::shared_ptr<const SampleSource> samples,
                                    const LoaderOptions& options);
LoaderOptions training_loader(const TrainConfig& config, const TrainingSetup& setup);
LoaderOptions evaluation_loader(const TrainConfig& config, int64_t batch);

}  // namespace ax
