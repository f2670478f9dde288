#include "adapterx/train/setup.h"

#include <algorithm>

#include "adapterx/base/error.h"
#include "adapterx/train/config_settings.h"

namespace ax {
namespace {

size_t cache_quarter(const TrainConfig& config) {
  return static_cast<size_t>(config.data.cache_mb) * 250'000;  // bytes
}

// Settings that mean nothing to the kind of model would be passed over in silence.
void expect_settings_of(const TrainConfig& config, bool points) {
  const std::string_view own = points ? kOfClouds : kOfImages, other = points ? kOfImages : kOfClouds;
  const std::string key = setting_of_other_data(config, own);
  if (!key.empty()) fail("{}: a setting of {}; the model is one of {}", key, other, own);
}

void expect_splits(const TrainConfig& config, const DataSplits& data) {
  const std::string_view noun = sample_noun(data);
  if (!dataset_of(data, Split::train)) fail("{}: no training {}", config.data.path, noun);
  if (config.pretrain.masked()) return;
  if (!heads_of(data).empty() && config.train.select != Select::last) {
    fail("{}: several heads are trained and not evaluated: expected train.select = last, got {}",
         config.data.path, to_string(config.train.select));
  }
  if (config.train.select == Select::val && config.data.train_on == TrainOn::train &&
      !dataset_of(data, Split::val)) {
    fail("{}: no validation {} to select on: set data.val_fraction above 0, or train.select = last",
         config.data.path, noun);
  }
  if (config.train.select == Select::test_best && !dataset_of(data, Split::test)) {
    fail("{}: no test {} for train.select = test-best", config.data.path, noun);
  }
}

}  // namespace

Preprocess image_preprocess(const DataConfig& data, const Preprocess& family) {
  Preprocess p = data.preprocess.empty() ? family : preprocess_preset(data.preprocess);
  p.size = family.size;
  p.interpolation = data.interpolation.value_or(p.interpolation);
  p.crop = data.crop.value_or(p.crop);
  if (data.crop_pct > 0) p.crop_pct = data.crop_pct;
  check(p);
  return p;
}

InputPreprocess preprocess_of(const DataConfig& config, const InputPreprocess& family,
                              const DataSplits& data) {
  if (const auto* image = std::get_if<Preprocess>(&family)) return image_preprocess(config, *image);
  PointPreprocess p = std::get<PointPreprocess>(family);
  p.unit_sphere = config.unit_sphere.value_or(std::get<PointSplits>(data).unit_sphere);
  p.sample_points = sample_points_of(config);
  check(p);
  return p;
}

TrainingSetup open_training(const TrainConfig& config) {
  check(config);
  const bool points = means_point_backbone(config.model);
  expect_settings_of(config, points);
  TrainingSetup setup;
  setup.method = make_method(config.method.name, config.method.pairs());
  DataConfig data = config.data;
  data.sample_points = std::max(sample_points_of(data), config.model.points);
  setup.data = open_splits(data, points, !config.pretrain.masked());
  if (!config.data.use_test) leave_out_test(setup.data);
  expect_splits(config, setup.data);
  if (config.data.train_on == TrainOn::train_and_val) train_on_validation(setup.data);
  const int64_t classes = config.pretrain.masked() ? 0 : std::ssize(class_names(setup.data));
  static_cast<ModelSetup&>(setup) = open_model(config.model, classes, setup.method->positions_once());
  setup.preprocess = preprocess_of(data, setup.preprocess, setup.data);
  return setup;
}

std::shared_ptr<const SampleSource> training_samples(const TrainConfig& config, const TrainingSetup& setup) {
  return augmented_samples(setup.data, Split::train, setup.preprocess, config, 3 * cache_quarter(config));
}

std::shared_ptr<const SampleSource> evaluation_samples(const TrainConfig& config, const TrainingSetup& setup,
                                                       Split split, bool cached) {
  return samples_of(setup.data, split, setup.preprocess, cached ? cache_quarter(config) : 0);
}

LoaderOptions evaluation_loader(const TrainConfig& config, int64_t batch) {
  LoaderOptions options;
  options.batch = batch;
  options.threads = static_cast<int>(config.data.loader_threads);
  return options;
}

LoaderOptions training_loader(const TrainConfig& config, const TrainingSetup& setup) {
  const int64_t samples = dataset_of(setup.data, Split::train)->size();
  LoaderOptions options = evaluation_loader(config, std::min(config.train.batch, samples));
  options.shuffle = options.drop_last = true;
  options.seed = config.train.seed;
  return options;
}

}  // namespace ax
