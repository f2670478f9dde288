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
void expect_settings_of(const TrainConfig& config, const ModelInput& input) {
  const auto [key, of] = setting_of_other_data(config, input.kind());
  if (!key.empty()) fail("{}: a setting of {}; the model is one of {}", key, of, input.kind());
}

void expect_splits(const TrainConfig& config, const TrainingSetup& setup) {
  const std::string_view noun = setup.input->noun();
  if (!setup.data.train) fail("{}: no training {}", config.data.path, noun);
  const Select select = config.train.select;
  if (!setup.task->evaluates()) {
    if (select == Select::last) return;
    fail("{}: {} are trained and not evaluated: expected train.select = last, got {}", config.data.path,
         setup.task->name(), to_string(select));
  }
  if (select == Select::val && config.data.train_on == TrainOn::train && !setup.data.val) {
    fail("{}: no validation {} to select on: set data.val_fraction above 0, or train.select = last",
         config.data.path, noun);
  }
  if (select == Select::test_best && !setup.data.test) {
    fail("{}: no test {} for train.select = test-best", config.data.path, noun);
  }
}

TaskSettings task_settings(const TrainConfig& config) {
  TaskSettings settings;
  settings.label_smoothing = static_cast<float>(config.train.label_smoothing);
  settings.mixes_targets = mixes_targets(config.augment);
  const PretrainConfig& p = config.pretrain;
  settings.masked = {static_cast<float>(p.mask_ratio), p.decoder_depth, p.decoder_width, p.decoder_heads,
                     p.norm_pix_loss};
  return settings;
}

}  // namespace

DatasetSpec dataset_spec(const DataConfig& data) {
  DatasetSpec spec;
  spec.path = data.path;
  spec.format = data.format;
  spec.val_fraction = data.val_fraction;
  spec.train_size = data.train_size;
  spec.val_size = data.val_size;
  spec.test_size = data.test_size;
  spec.seed = data.split_seed;
  spec.class_names = data.class_names;
  spec.all_labels = data.labels == LabelsTaken::all;
  spec.variant = data.variant;
  spec.min_class_size = data.min_class_size;
  if (data.sample_points > 0) spec.sample_points = data.sample_points;
  return spec;
}

PreprocessSettings preprocess_settings(const DataConfig& data, const PreprocessSettings& protocol) {
  PreprocessSettings settings = protocol;
  settings.preset = data.preprocess;
  settings.interpolation = data.interpolation;
  settings.crop = data.crop;
  settings.crop_pct = data.crop_pct;
  if (data.unit_sphere) settings.unit_sphere = data.unit_sphere;
  settings.sample_points = data.sample_points;
  return settings;
}

TrainingSetup open_training(const TrainConfig& config) {
  check(config);
  const NamedBackbone named(config.model);
  TrainingSetup setup;
  setup.input = named.input();
  expect_settings_of(config, *setup.input);
  setup.method = make_method(config.method.name, config.method.pairs());
  const TaskKind& kind = task_kind(config.pretrain.objective);
  DatasetSpec spec = dataset_spec(config.data);
  if (config.data.sample_points == 0) spec = setup.input->spec(spec);
  spec.labelled = kind.labelled;
  spec.sample_points = std::max(spec.sample_points, config.model.points);
  setup.data = setup.input->open(spec);
  if (!config.data.use_test) setup.data.test = nullptr;
  setup.task = kind.make(task_settings(config), setup.data);
  expect_splits(config, setup);
  if (config.data.train_on == TrainOn::train_and_val) train_on_validation(*setup.input, setup.data);
  static_cast<ModelSetup&>(setup) =
      named.open(std::ssize(setup.task->classes()), setup.method->positions_once());
  setup.input = setup.input->with(preprocess_settings(config.data, setup.data.protocol));
  return setup;
}

std::shared_ptr<const SampleSource> training_samples(const TrainConfig& config, const TrainingSetup& setup) {
  return setup.input->samples(setup.data.train, {config.augment, config.point_augment},
                              3 * cache_quarter(config));
}

std::shared_ptr<const SampleSource> evaluation_samples(const TrainConfig& config, const TrainingSetup& setup,
                                                       Split split, bool cached) {
  return setup.input->samples(setup.data.of(split), cached ? cache_quarter(config) : 0);
}

LoaderOptions evaluation_loader(const TrainConfig& config, int64_t batch) {
  LoaderOptions options;
  options.batch = batch;
  options.threads = static_cast<int>(config.data.loader_threads);
  return options;
}

std::unique_ptr<Loader> make_loader(const TrainingSetup& setup, std::shared_ptr<const SampleSource> samples,
                                    const LoaderOptions& options) {
  const TargetsPtr targets = setup.task->targets(samples);
  return std::make_unique<Loader>(std::move(samples), std::ssize(setup.data.classes), options, targets);
}

LoaderOptions training_loader(const TrainConfig& config, const TrainingSetup& setup) {
  const int64_t samples = setup.data.size(Split::train);
  LoaderOptions options = evaluation_loader(config, std::min(config.train.batch, samples));
  options.shuffle = options.drop_last = true;
  options.seed = config.train.seed;
  return options;
}

}  // namespace ax
