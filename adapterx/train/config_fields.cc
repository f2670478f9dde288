#include "adapterx/train/config_fields.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "adapterx/base/error.h"

namespace ax {
namespace {

constexpr double kMany = 1e9;

void add_model_fields(std::vector<ConfigField>& fields, ModelConfig& m) {
  fields.insert(
      fields.end(),
      {{"model.name", &m.name, "preset the weights are of, or to train from scratch"},
       {"model.weights", &m.weights, "checkpoint; none: from scratch"},
       {"model.width", &m.width, "channels of a token", 0, 1e5},
       {"model.depth", &m.depth, "blocks", 0, 1000},
       {"model.heads", &m.heads, "attention heads", 0, 1024},
       {"model.patch_size", &m.patch_size, "pixels of a patch's side", 0, 9999},
       {"model.image_size", &m.image_size, "pixels of the input's side; positions are resampled", 0, 9999},
       {"model.mlp_ratio", &m.mlp_ratio, "hidden width of the FFN over width", 0, 100},
       {"model.points", &m.points, "points of a cloud", 0, 1 << 20},
       {"model.groups", &m.groups, "groups of points, a token each", 0, 1 << 16},
       {"model.group_size", &m.group_size, "points of a group", 0, 1 << 16},
       {"model.positions",
        &m.positions,
        "of groups, added every_block or once; empty: as the method was published, else as the weights",
        0,
        0,
        {"", "every_block", "once"}},
       {"model.batch_norm",
        &m.batch_norm,
        "statistics of a frozen point encoder: update, as published, or fixed",
        0,
        0,
        {"", "update", "fixed"}},
       {"model.pool_prompts",
        &m.pool_prompts,
        "what a point transformer's head is given of a method's prompts; empty: their mean",
        0,
        0,
        {"", "none", "mean", "max"}},
       {"model.pool_groups",
        &m.pool_groups,
        "and of the groups; empty: their maximum",
        0,
        0,
        {"", "none", "mean", "max"}}});
}

void add_data_fields(std::vector<ConfigField>& fields, DataConfig& d) {
  fields.insert(
      fields.end(),
      {{"data.path", &d.path, "folder, list or file of images or clouds"},
       {"data.format",
        &d.format,
        "what the path holds",
        0,
        0,
        {"auto", "folder", "vtab", "csv", "idx", "scanobjectnn", "modelnet", "fewshot", "npz", "shapes"}},
       {"data.labels",
        &d.labels,
        "where several things are told of an image: the first, or all, a head for each",
        0,
        0,
        {"first", "all"}},
       {"data.val_fraction", &d.val_fraction,
        "of the training samples, where the data have no validation split", 0, 0.99},
       {"data.train_size", &d.train_size, "so many training samples, stratified; 0: all", 0, kMany},
       {"data.val_size", &d.val_size, "so many validation samples, stratified; 0: all", 0, kMany},
       {"data.class_names", &d.class_names, "file of the classes' names, a name a line"},
       {"data.split_seed", &d.split_seed, "of the draw of splits and subsets"},
       {"data.train_on", &d.train_on, "train, or train+val for a final run", 0, 0, {"train", "train+val"}},
       {"data.use_test", &d.use_test, "test samples are tested at the end; false: never opened"},
       {"data.preprocess", &d.preprocess, "none, imagenet, half or clip; empty: that of the weights"},
       {"data.interpolation", &d.interpolation,
        "nearest, bilinear, bicubic or lanczos; empty: of the weights"},
       {"data.crop", &d.crop, "center or squash; empty: of the weights"},
       {"data.crop_pct", &d.crop_pct, "part of the short side that the crop keeps; 0: of the weights", 0, 1},
       {"data.variant", &d.variant,
        "which set: OBJ_BG, OBJ_ONLY or PB_T50_RS of ScanObjectNN, 5way10shot/0 ..."},
       {"data.unit_sphere",
        &d.unit_sphere,
        "clouds centred and scaled to radius 1; empty: as the format's protocol has it",
        0,
        0,
        {"", "true", "false"}},
       {"data.min_class_size", &d.min_class_size, "clouds of classes with fewer are left out", 0, kMany},
       {"data.sample_points", &d.sample_points,
        "points drawn of a mesh; 0: 4,096, or as many as the model is shown", 0, 1 << 20},
       {"data.cache_mb", &d.cache_mb,
        "memory for decoded samples: three quarters of training, one of evaluation", 0, kMany},
       {"data.loader_threads", &d.loader_threads, "decoding threads; 0: all cores", 0, 1024}});
}

void add_pretrain_fields(std::vector<ConfigField>& fields, PretrainConfig& p) {
  fields.insert(
      fields.end(),
      {{"pretrain.objective",
        &p.objective,
        "what is learned: classes, or masked patches or groups of points",
        0,
        0,
        {"classes", "masked"}},
       {"pretrain.mask_ratio", &p.mask_ratio, "part that is hidden; 0: 0.75 of patches, 0.6 of groups", 0,
        0.999},
       {"pretrain.decoder_depth", &p.decoder_depth, "blocks that draw what is hidden", 1, 1000},
       {"pretrain.decoder_width", &p.decoder_width, "their channels, of images; 0: as the encoder", 0, 1e5},
       {"pretrain.decoder_heads", &p.decoder_heads, "their heads; 0: as wide as the encoder's", 0, 1024},
       {"pretrain.norm_pix_loss", &p.norm_pix_loss,
        "of images: patches to draw are scaled to mean 0 and variance 1"}});
}

void add_optim_fields(std::vector<ConfigField>& fields, OptimConfig& t) {
  fields.insert(
      fields.end(),
      {{"train.epochs", &t.epochs, "passes over the training data", 1, kMany},
       {"train.batch", &t.batch, "samples of one pass through the model", 1, 65536},
       {"train.accumulate", &t.accumulate, "batches averaged into one step", 1, 65536},
       {"train.optimizer", &t.optimizer, "adamw or sgd", 0, 0, {"adamw", "sgd"}},
       {"train.lr", &t.lr, "learning rate at its top", 0, 1e6},
       {"train.min_lr", &t.min_lr, "learning rate at the end", 0, 1e6},
       {"train.warmup_lr", &t.warmup_lr, "learning rate at the start of the warm-up", 0, 1e6},
       {"train.warmup_epochs", &t.warmup_epochs, "epochs of rising learning rate", 0, kMany},
       {"train.schedule_unit",
        &t.schedule_unit,
        "the rate changes by epoch or by step",
        0,
        0,
        {"epoch", "step"}},
       {"train.weight_decay", &t.weight_decay, "decoupled (adamw) or added to the gradient (sgd)", 0, 1e3},
       {"train.decay_vectors", &t.decay_vectors, "weight decay on biases, norms, tokens and positions, too"},
       {"train.beta1", &t.beta1, "of adamw", 0, 0.999999},
       {"train.beta2", &t.beta2, "of adamw", 0, 0.999999999},
       {"train.momentum", &t.momentum, "of sgd", 0, 0.999999},
       {"train.label_smoothing", &t.label_smoothing, "share of the target spread over all classes", 0, 0.999},
       {"train.drop_path", &t.drop_path, "of the last block, rising from 0 at the first", 0, 0.999},
       {"train.clip", &t.clip, "largest norm of the gradient; 0: any", 0, 1e9},
       {"train.ema", &t.ema, "decay of the moving average that is evaluated and saved; 0: none", 0,
        0.9999999},
       {"train.patience", &t.patience, "evaluations without gain before training stops; 0: never", 0, kMany},
       {"train.eval_every", &t.eval_every, "epochs between evaluations", 1, kMany},
       {"train.eval_batch", &t.eval_batch, "samples at a time in evaluation; 0: as batch", 0, 65536},
       {"train.select",
        &t.select,
        "which epoch is best: val, last or test-best",
        0,
        0,
        {"val", "last", "test-best"}},
       {"train.seed", &t.seed, "of initial values, order, augmentation and dropout"},
       {"train.precision", &t.precision, "auto, fp32 or bf16", 0, 0, {"auto", "fp32", "bf16"}},
       {"train.threads", &t.threads, "threads of the model; 0: all cores", 0, 1024},
       {"train.checkpoint_minutes", &t.checkpoint_minutes, "between checkpoints within an epoch", 0, 1e6},
       {"train.out", &t.out, "the run folder"}});
}

void add_augment_fields(std::vector<ConfigField>& fields, AugmentOptions& a) {
  fields.insert(fields.end(),
                {{"augment.random_resized_crop", &a.random_resized_crop, "a random box, resized"},
                 {"augment.rrc_scale_min", &a.rrc_scale_min, "its least area, of the image's", 0, 1},
                 {"augment.rrc_scale_max", &a.rrc_scale_max, "its largest area", 0, 1},
                 {"augment.rrc_ratio_min", &a.rrc_ratio_min, "its least width over height", 0, 100},
                 {"augment.rrc_ratio_max", &a.rrc_ratio_max, "its largest", 0, 100},
                 {"augment.pad_crop", &a.pad_crop, "pixels of padding before a random crop", 0, 9999},
                 {"augment.pad_reflect", &a.pad_reflect, "padding by the mirror image, else black"},
                 {"augment.flip", &a.flip, "probability of left-right flips", 0, 1},
                 {"augment.randaugment_ops", &a.randaugment_ops, "operations of RandAugment an image", 0, 14},
                 {"augment.randaugment_magnitude", &a.randaugment_magnitude, "their strength", 0, 30},
                 {"augment.brightness", &a.brightness, "jitter", 0, 100},
                 {"augment.contrast", &a.contrast, "jitter", 0, 100},
                 {"augment.saturation", &a.saturation, "jitter", 0, 100},
                 {"augment.hue", &a.hue, "jitter", 0, 0.5},
                 {"augment.grayscale", &a.grayscale, "probability", 0, 1},
                 {"augment.erase", &a.erase, "probability of random erasing", 0, 1},
                 {"augment.mixup", &a.mixup, "alpha of Beta; 0: off", 0, 100},
                 {"augment.cutmix", &a.cutmix, "alpha of Beta; 0: off", 0, 100}});
}

void add_point_augment_fields(std::vector<ConfigField>& fields, PointAugment& a) {
  fields.insert(fields.end(), {{"augment.rotate_y", &a.rotate_y, "clouds turned by a random angle about y"},
                               {"augment.scale_translate", &a.scale_translate,
                                "clouds scaled by 2/3 to 3/2 and shifted by up to 0.2"},
                               {"augment.jitter", &a.jitter,
                                "standard deviation of noise on the coordinates of clouds", 0, 10},
                               {"augment.jitter_clip", &a.jitter_clip, "its largest size", 0, 10},
                               {"augment.point_dropout", &a.point_dropout,
                                "largest part of a cloud's points that is lost", 0, 0.99}});
}

template <class T>
T parse_number(const std::string& text, const std::string& where, std::string_view kind) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) {
    fail("{}: expected {}, got `{}`", where, kind, text);
  }
  return value;
}

void check_range(const ConfigField& field, double value, const std::string& where) {
  if (value >= field.least && value <= field.most) return;
  fail("{}: expected a number from {} to {}, got {}", where, field.least, field.most, value);
}

struct Assign {
  const ConfigField& field;
  const std::string& text;
  const std::string& where;

  void operator()(std::string* out) const {
    if (!field.choices.empty() && std::ranges::count(field.choices, text) == 0) {
      fail("{}: expected {}, got `{}`{}", where, fmt::join(field.choices, ", "), text,
           did_you_mean(text, field.choices));
    }
    *out = text;
  }
  void operator()(int64_t* out) const {
    const auto value = parse_number<int64_t>(text, where, "an integer");
    check_range(field, static_cast<double>(value), where);
    *out = value;
  }
  void operator()(uint64_t* out) const {
    const auto value = parse_number<int64_t>(text, where, "an integer");  // TOML has no larger ones
    if (value < 0) fail("{}: expected an integer of 0 or more, got {}", where, value);
    *out = static_cast<uint64_t>(value);
  }
  void operator()(double* out) const {
    const auto value = parse_number<double>(text, where, "a number");
    check_range(field, value, where);
    *out = value;
  }
  void operator()(bool* out) const {
    if (text != "true" && text != "false") fail("{}: expected true or false, got `{}`", where, text);
    *out = text == "true";
  }
};

// Whether TOML reads the text as a number or a boolean, so that it needs no quotes.
bool is_plain_value(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool digits = text.find_first_of("0123456789") != std::string::npos &&
                      text.find_first_not_of("0123456789.e+-") == std::string::npos;
  const bool number = error == std::errc() && end == text.data() + text.size() && digits;
  const bool canonical = number && (text == fmt::format("{}", value) || text == fmt::format("{:.0f}", value));
  return canonical || text == "true" || text == "false";
}

std::string toml_text(const std::string* v) { return toml_quote(*v); }
std::string toml_text(const int64_t* v) { return fmt::format("{}", *v); }
std::string toml_text(const uint64_t* v) { return fmt::format("{}", *v); }
std::string toml_text(const double* v) { return fmt::format("{}", *v); }
std::string toml_text(const bool* v) { return *v ? "true" : "false"; }

}  // namespace

std::vector<ConfigField> config_fields(TrainConfig& config) {
  std::vector<ConfigField> fields;
  add_model_fields(fields, config.model);
  add_data_fields(fields, config.data);
  fields.push_back({"method.name", &config.method.name, "one of `adapterx methods`"});
  add_pretrain_fields(fields, config.pretrain);
  add_optim_fields(fields, config.train);
  add_augment_fields(fields, config.augment);
  add_point_augment_fields(fields, config.point_augment);
  return fields;
}

void assign(const ConfigField& field, const std::string& text, const std::string& where) {
  std::visit([&](auto* out) { Assign{field, text, where}(out); }, field.value);
}

std::string text_of(const ConfigField& field) {
  return std::visit([](const auto* value) { return toml_text(value); }, field.value);
}

std::string toml_quote(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (code < 0x20 || code == 0x7f) {
      out += fmt::format("\\u{:04x}", code);
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string toml_value(const std::string& text) { return is_plain_value(text) ? text : toml_quote(text); }

}  // namespace ax
