#include "adapterx/train/config.h"

#include <algorithm>
#include <array>

#include "adapterx/base/error.h"
#include "adapterx/methods/method.h"
#include "adapterx/train/config_fields.h"

namespace ax {
namespace {

std::vector<std::string> names_of(const std::vector<ConfigField>& fields, bool bare) {
  std::vector<std::string> names;
  names.reserve(fields.size());
  for (const ConfigField& f : fields) names.push_back(bare ? std::string(f.key()) : f.name);
  return names;
}

// A setting that no method has may be a mistyped key of another section.
void check_method(const TrainConfig& config) {
  try {
    make_method(config.method.name, Settings(config.method.pairs()));
  } catch (const Error& error) {
    const std::string text = error.what();
    TrainConfig copy = config;
    const std::vector<std::string> names = names_of(config_fields(copy), true);
    for (const auto& [key, value] : config.method.settings) {
      if (text.find(fmt::format("unknown setting `{}`", key)) == std::string::npos &&
          text.find(fmt::format("no settings, got `{}`", key)) == std::string::npos) {
        continue;
      }
      if (text.find("did you mean") == std::string::npos) fail("{}{}", text, did_you_mean(key, names));
    }
    throw;
  }
}

}  // namespace

std::vector<std::string> MethodConfig::pairs() const {
  std::vector<std::string> all;
  for (const auto& [key, value] : settings) all.push_back(fmt::format("{}={}", key, value));
  return all;
}

void override_config(const std::string& text, TrainConfig& config) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) fail("setting `{}`: expected key=value", text);
  const std::string name = text.substr(0, equals), value = text.substr(equals + 1);
  const std::vector<ConfigField> fields = config_fields(config);
  const bool full = name.find('.') != std::string::npos;
  std::vector<const ConfigField*> meant;
  for (const ConfigField& f : fields) {
    if (full ? f.name == name : f.key() == name) meant.push_back(&f);
  }
  if (meant.size() > 1) fail("{}: expected {} or {}", name, meant[0]->name, meant[1]->name);
  if (!meant.empty() && !full && method_has(config.method.name, name)) {
    fail("{}: expected {} or {}{}, as {} has a setting of this name, too", name, meant[0]->name,
         kMethodPrefix, name, config.method.name);
  }
  if (!meant.empty()) {
    assign(*meant[0], value, meant[0]->name);
  } else if (!full || name.starts_with(kMethodPrefix)) {
    config.method.settings[std::string(bare_key(name))] = value;
  } else {
    fail("setting `{}`: unknown{}", name, did_you_mean(name, names_of(fields, false)));
  }
}

std::vector<std::string> overrides_of(const TrainConfig& config) {
  TrainConfig copy = config, defaults;
  const std::vector<ConfigField> own = config_fields(copy), standard = config_fields(defaults);
  std::vector<std::string> all;
  for (size_t i = 0; i < own.size(); ++i) {
    const std::string value = text_of(own[i]);
    if (value == text_of(standard[i])) continue;
    const auto* const* text = std::get_if<std::string*>(&own[i].value);
    all.push_back(own[i].name + "=" + (text != nullptr ? **text : value));
  }
  for (const std::string& pair : config.method.pairs()) all.push_back(std::string(kMethodPrefix) + pair);
  return all;
}

std::string to_toml(const TrainConfig& config) {
  TrainConfig copy = config;
  std::string text;
  std::string_view section;
  const std::vector<ConfigField> fields = config_fields(copy);
  for (const ConfigField& f : fields) {
    if (f.section() != section) {
      section = f.section();
      text += fmt::format("{}[{}]\n", text.empty() ? "" : "\n", section);
    }
    text += fmt::format("{} = {}\n", f.key(), text_of(f));
    if (f.name != "method.name") continue;
    for (const auto& [key, value] : config.method.settings) {
      text += fmt::format("{} = {}\n", key, toml_value(value));
    }
  }
  return text;
}

void check(const TrainConfig& config) {
  check_method(config);
  check(config.augment);
  check(config.point_augment);
  const OptimConfig& t = config.train;
  if (config.data.path.empty())
    fail("data.path: expected a folder, list or file of images or point clouds, got none");
  if (t.out.empty()) fail("train.out: expected the run's folder, got none");
  if (config.model.weights.empty() && config.method.name != "full") {
    fail("model.weights: expected a checkpoint for method {}; only `full` trains from scratch",
         config.method.name);
  }
  if (config.pretrain.masked() && config.method.name != "full") {
    fail("pretrain.objective: masked pretraining trains the whole backbone; expected method full, got {}",
         config.method.name);
  }
  if (config.pretrain.masked() && (config.augment.mixup > 0 || config.augment.cutmix > 0)) {
    fail("augment.{}: masked pretraining has no labels to mix; expected 0",
         config.augment.mixup > 0 ? "mixup" : "cutmix");
  }
  if (config.pretrain.masked() && t.select != "last") {
    fail("train.select: masked pretraining measures no accuracy to select on; expected last, got {}",
         t.select);
  }
  if (config.data.train_on == "train+val" && t.select == "val") {
    fail(
        "train.select: with data.train_on = train+val no samples are left to select on; expected last or "
        "test-best, got val");
  }
  if (t.patience > 0 && t.select == "last") {
    fail("train.patience: an early stop needs evaluations to compare, got train.select = last");
  }
}

std::vector<ConfigKey> config_keys(TrainConfig defaults) {
  std::vector<ConfigKey> keys;
  for (const ConfigField& f : config_fields(defaults)) keys.push_back({f.name, text_of(f), f.help});
  return keys;
}

std::string setting_of_other_kind(const TrainConfig& config, bool points) {
  constexpr std::array<std::string_view, 8> kOfImages = {
      "model.patch_size", "model.image_size", "data.preprocess",        "data.interpolation",
      "data.crop",        "data.crop_pct",    "pretrain.decoder_width", "pretrain.norm_pix_loss"};
  constexpr std::array<std::string_view, 10> kOfClouds = {
      "model.points",     "model.groups",       "model.group_size",  "model.positions",
      "model.batch_norm", "model.pool_prompts", "model.pool_groups", "data.variant",
      "data.unit_sphere", "data.sample_points"};
  TrainConfig given = config, defaults;
  defaults.point_augment = given.point_augment;
  const std::vector<ConfigField> own = config_fields(given), standard = config_fields(defaults);
  for (size_t i = 0; i < own.size(); ++i) {
    const std::string_view name = own[i].name;
    const bool other = points ? std::ranges::count(kOfImages, name) > 0 || name.starts_with("augment.")
                              : std::ranges::count(kOfClouds, name) > 0;
    if (other && text_of(own[i]) != text_of(standard[i])) return own[i].name;
  }
  return "";
}

std::string difference(const TrainConfig& a, const TrainConfig& b) {
  TrainConfig x = a, y = b;
  y.train.out = x.train.out;
  y.train.checkpoint_minutes = x.train.checkpoint_minutes;
  y.data.cache_mb = x.data.cache_mb;
  y.data.loader_threads = x.data.loader_threads;
  const std::vector<ConfigField> left = config_fields(x), right = config_fields(y);
  for (size_t i = 0; i < left.size(); ++i) {
    const std::string one = text_of(left[i]), other = text_of(right[i]);
    if (one != other) return fmt::format("{}: {}, {}", left[i].name, one, other);
  }
  if (a.method.settings == b.method.settings) return "";
  return fmt::format("method: {}, {}", fmt::join(a.method.pairs(), " "), fmt::join(b.method.pairs(), " "));
}

}  // namespace ax
