// TrainConfig: everything that decides a training run, with defaults. Read from TOML and from `key=value`
// texts, written back as TOML that reproduces the run.
//
//   [model]     which backbone             [method]   name, and whatever settings the method has
//   [data]      which images or clouds     [train]    how long, how fast, what is kept
//   [augment]   what training does to them [pretrain] what is learned: the classes, or what was hidden
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapterx/data/dataset.h"
#include "adapterx/data/images/augment.h"
#include "adapterx/data/images/preprocess.h"
#include "adapterx/data/points/point_augment.h"
#include "adapterx/graph/precision.h"
#include "adapterx/models/model_config.h"
#include "adapterx/tasks/task.h"
#include "adapterx/train/schedule.h"

namespace ax {

// Of several things told of a sample.
enum class LabelsTaken : uint8_t { first, all };  // all: a head for each

enum class TrainOn : uint8_t { train, train_and_val };

// What the head starts from.
enum class HeadInit : uint8_t {
  automatic,  // probe where there are weights, and a head that it is defined for; else random
  probe,      // the linear probe of the training samples (train/head_start.h)
  random,     // small random weights, as the backbone's family draws them
};

enum class OptimizerKind : uint8_t { adamw, sgd };

// Which epoch is kept as best: by validation, the last one, or by the test samples.
enum class Select : uint8_t { val, last, test_best };
std::string_view to_string(Select select);  // "val", "last", "test-best"

struct DataConfig {
  std::string path, format = "auto";
  std::string class_names;  // a file of names, a name a line, in place of those found
  LabelsTaken labels = LabelsTaken::first;
  double val_fraction = 0.2;
  int64_t train_size = 0, val_size = 0, test_size = 0;
  uint64_t split_seed = 0;
  TrainOn train_on = TrainOn::train;  // train_and_val: then nothing is left for validation
  bool use_test = true;    // false: as if there were no test samples; a search that must not see them
  std::string preprocess;  // of preprocess_preset(); "": that of the weights
  std::optional<Interpolation> interpolation;  // none: that of the weights
  std::optional<Crop> crop;
  double crop_pct = 0;
  // Of point clouds alone.
  std::string variant;              // which of a format's sets (data/points/point_dataset.h)
  std::optional<bool> unit_sphere;  // none: as the format's protocol has it
  int64_t min_class_size = 0;
  int64_t sample_points = 0;                    // drawn of a mesh's surface; 0: that of the weights
  int64_t cache_mb = 1024, loader_threads = 0;  // decoded images kept; decoding threads, 0: all cores
};

struct MethodConfig {
  std::string name = "adaptformer_x";
  std::map<std::string, std::string> settings;
  // "key=value" texts, as make_method takes them.
  std::vector<std::string> pairs() const;
};

// Masked pretraining (models/masked_options.h), in place of classification.
struct PretrainConfig {
  Objective objective = Objective::classes;
  double mask_ratio = 0;  // 0: as published, 0.75 of patches, 0.6 of groups
  int64_t decoder_depth = 4, decoder_width = 0, decoder_heads = 0;  // 0: as the encoder
  bool norm_pix_loss = true;
  bool masked() const { return objective == Objective::masked; }
};

struct OptimConfig {
  int64_t epochs = 100, batch = 64;
  int64_t accumulate = 1;  // batches whose gradients are averaged before a step
  OptimizerKind optimizer = OptimizerKind::adamw;
  double lr = 1e-3, min_lr = 1e-5, warmup_lr = 1e-6;
  int64_t warmup_epochs = 10;
  ScheduleUnit schedule_unit = ScheduleUnit::epoch;
  double weight_decay = 1e-4;
  bool decay_vectors = false;  // weight decay on biases, norms, tokens and positions, too
  double beta1 = 0.9, beta2 = 0.999, momentum = 0.9;
  double label_smoothing = 0, drop_path = 0;
  HeadInit head_init = HeadInit::automatic;
  double clip = 0;  // of the gradient's norm; 0: none
  double ema = 0;   // decay of a moving average that is evaluated and saved in place of the values; 0: none
  int64_t patience = 0;    // evaluations without a better accuracy before training stops; 0: no early stop
  int64_t eval_every = 1;  // epochs
  int64_t eval_batch = 0;  // 0: as batch
  Select select = Select::val;
  uint64_t seed = 0;
  Precision precision = Precision::automatic;
  int64_t threads = 0;            // 0: all cores
  double checkpoint_minutes = 5;  // between checkpoints within an epoch
  std::string out;                // the run folder
};

struct TrainConfig {
  ModelConfig model;
  DataConfig data;
  MethodConfig method;
  PretrainConfig pretrain;
  OptimConfig train;
  AugmentOptions augment;
  PointAugment point_augment;
};

// Overwrites what the file gives. Throws Error with file and line on what is not TOML, an unknown key (with
// the nearest one), a value of another type or out of range.
void read_config(const std::filesystem::path& file, TrainConfig& config);
void read_config_text(const std::string& name, const std::string& text, TrainConfig& config);

// One `key=value`: by full name ("train.lr=1e-3"), or by a name that one section alone has ("lr=1e-3"). A
// key of no section is a setting of the method ("rank=32").
void override_config(const std::string& text, TrainConfig& config);

// The "key=value" texts, with full names, that make the config of the defaults.
std::vector<std::string> overrides_of(const TrainConfig& config);

// Every key with its value, in sections.
std::string to_toml(const TrainConfig& config);

// What read_config can't see key by key: combinations that make no sense, settings the method doesn't have.
void check(const TrainConfig& config);
// The same, but for where the backbone comes from, which a program may still have to choose.
void check_settings(const TrainConfig& config);

// The first key that only other data have (Setting::of) and that differs from its default. `data`: the kind
// that the model takes, ModelInput::kind. Augmentation of clouds doesn't count: it is a default of
// pretraining. Neither does data.min_class_size, which runs on images could always have.
struct ForeignSetting {
  std::string name;  // "model.groups"; "": there is none
  std::string_view of;
};
ForeignSetting setting_of_other_data(const TrainConfig& config, std::string_view data);

// The first key that changes what is trained in which two configs differ, as "train.lr: 0.001, 0.002"; ""
// where there is none. Memory, decoding threads, checkpoint times and the run folder change nothing.
std::string difference(const TrainConfig& a, const TrainConfig& b);

}  // namespace ax
