#include "adapterx/train/setup.h"

#include <algorithm>
#include <utility>

#include "adapterx/base/error.h"
#include "adapterx/data/image_samples.h"
#include "adapterx/models/vit_presets.h"

namespace ax {
namespace {

void override_geometry(const ModelConfig& m, VitConfig& c) {
  if (m.width > 0) c.width = m.width;
  if (m.depth > 0) c.depth = m.depth;
  if (m.heads > 0) c.heads = m.heads;
  if (m.patch_size > 0) c.patch_size = m.patch_size;
  if (m.image_size > 0) c.image_size = m.image_size;
  if (m.mlp_ratio > 0) c.mlp_ratio = static_cast<float>(m.mlp_ratio);
}

void set_up_from_scratch(const TrainConfig& config, TrainingSetup& setup) {
  const ModelConfig& m = config.model;
  if (m.name.empty() &&
      (m.width == 0 || m.depth == 0 || m.heads == 0 || m.patch_size == 0 || m.image_size == 0)) {
    fail("model: expected weights, the name of a preset, or width, depth, heads, patch_size and image_size");
  }
  Preprocess family = preprocess_preset("half");
  family.crop = Crop::squash;
  if (!m.name.empty()) {
    const VitPreset preset = vit_preset_of(m.name);
    setup.model = preset.config;
    family = preset.preprocess;
  }
  override_geometry(m, setup.model);
  setup.preprocess = family;
}

void expect_geometry(const ModelConfig& m, const VitConfig& in_file, const std::string& weights) {
  const auto expect = [&](std::string_view key, double want, double got) {
    if (want > 0 && want != got) fail("{}: expected {} {} (model.{}), got {}", weights, key, want, key, got);
  };
  expect("width", static_cast<double>(m.width), static_cast<double>(in_file.width));
  expect("depth", static_cast<double>(m.depth), static_cast<double>(in_file.depth));
  expect("patch_size", static_cast<double>(m.patch_size), static_cast<double>(in_file.patch_size));
  expect("mlp_ratio", m.mlp_ratio, static_cast<double>(in_file.mlp_ratio));
}

void set_up_from_checkpoint(const TrainConfig& config, TrainingSetup& setup) {
  const ModelConfig& m = config.model;
  VitRequest request;
  request.model = m.name;
  if (m.image_size > 0) request.image_size = m.image_size;
  if (m.heads > 0) request.heads = m.heads;
  request.classes = std::ssize(setup.images.classes);
  VitCheckpoint checkpoint = open_vit_checkpoint(m.weights, request);
  expect_geometry(m, checkpoint.config, m.weights);
  setup.model = checkpoint.config;
  setup.preprocess = checkpoint.preprocess;
  setup.report = std::move(checkpoint.report);
  setup.backbone = backbone_id(m.weights, request);
  // The head is always new: the classes are the data's, not the checkpoint's.
  setup.source = [inner = std::move(checkpoint.source)](std::string_view name, const Shape& shape,
                                                        std::span<float> out) {
    return !name.starts_with("head") && inner(name, shape, out);
  };
}

size_t cache_quarter(const TrainConfig& config) {
  return static_cast<size_t>(config.data.cache_mb) * 250'000;  // bytes
}

}  // namespace

Preprocess preprocess_of(const DataConfig& data, const Preprocess& family) {
  Preprocess p = data.preprocess.empty() ? family : preprocess_preset(data.preprocess);
  p.size = family.size;
  if (!data.interpolation.empty()) p.interpolation = parse_interpolation(data.interpolation);
  if (!data.crop.empty()) p.crop = parse_crop(data.crop);
  if (data.crop_pct > 0) p.crop_pct = data.crop_pct;
  check(p);
  return p;
}

DatasetSpec dataset_spec(const DataConfig& data) {
  DatasetSpec spec;
  spec.path = data.path;
  spec.format = data.format;
  spec.val_fraction = data.val_fraction;
  spec.train_size = data.train_size;
  spec.val_size = data.val_size;
  spec.seed = data.split_seed;
  spec.class_names = data.class_names;
  return spec;
}

TrainingSetup open_training(const TrainConfig& config) {
  check(config);
  TrainingSetup setup;
  setup.method = make_method(config.method.name, Settings(config.method.pairs()));
  setup.images = open_image_splits(dataset_spec(config.data));
  if (!setup.images.train) fail("{}: no training images", config.data.path);
  if (config.data.train_on == "train+val") {
    setup.images.train = concatenate(setup.images.train, setup.images.val);
    setup.images.val = nullptr;
  }
  if (config.train.select == "val" && !setup.images.val) {
    fail("{}: no validation images to select on: set data.val_fraction above 0, or train.select = last",
         config.data.path);
  }
  if (config.train.select == "test-best" && !setup.images.test) {
    fail("{}: no test images for train.select = test-best", config.data.path);
  }
  if (config.model.weights.empty()) {
    set_up_from_scratch(config, setup);
  } else {
    set_up_from_checkpoint(config, setup);
  }
  setup.model.classes = std::ssize(setup.images.classes);
  setup.preprocess.size = setup.model.image_size;
  setup.preprocess = preprocess_of(config.data, setup.preprocess);
  return setup;
}

std::shared_ptr<const SampleSource> training_samples(const TrainConfig& config, const TrainingSetup& setup) {
  return image_samples(setup.images.train, setup.preprocess, config.augment, 3 * cache_quarter(config));
}

std::shared_ptr<const SampleSource> evaluation_samples(const TrainConfig& config,
                                                       const Preprocess& preprocess,
                                                       std::shared_ptr<const ImageDataset> images,
                                                       bool cached) {
  return image_samples(std::move(images), preprocess, {}, cached ? cache_quarter(config) : 0);
}

LoaderOptions evaluation_loader(const TrainConfig& config, int64_t batch) {
  LoaderOptions options;
  options.batch = batch;
  options.threads = static_cast<int>(config.data.loader_threads);
  return options;
}

LoaderOptions training_loader(const TrainConfig& config, const TrainingSetup& setup) {
  LoaderOptions options = evaluation_loader(config, std::min(config.train.batch, setup.images.train->size()));
  options.shuffle = options.drop_last = true;
  options.seed = config.train.seed;
  return options;
}

}  // namespace ax
