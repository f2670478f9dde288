#include "adapterx/train/config.h"

#include <algorithm>

#include "adapterx/base/error.h"
#include "adapterx/base/setting_list.h"
#include "adapterx/base/toml_text.h"
#include "adapterx/methods/method.h"
#include "adapterx/train/config_settings.h"

namespace ax {
namespace {

constexpr std::string_view kMethodPrefix = "method.";

// A setting that the method doesn't have may be a mistyped key of another section.
void check_method(const TrainConfig& config) {
  const MethodDraft method = draft_method(config.method.name);
  TrainConfig copy = config;
  for (const auto& [key, value] : config.method.settings) {
    if (find_setting(method.settings, key) != nullptr) continue;
    fail_unknown(config.method.name, key, method.settings, config_settings(copy));
  }
  make_method(config.method.name, config.method.pairs());
}

}  // namespace

std::string_view to_string(Select select) {
  return select == Select::val ? "val" : select == Select::last ? "last" : "test-best";
}

std::vector<std::string> MethodConfig::pairs() const {
  std::vector<std::string> all;
  for (const auto& [key, value] : settings) all.push_back(fmt::format("{}={}", key, value));
  return all;
}

std::string did_you_mean_key(const std::string& name, const TrainConfig& config) {
  TrainConfig copy = config;
  std::vector<Setting> all = config_settings(copy);
  MethodDraft method;
  if (std::ranges::count(methods(), config.method.name, &MethodInfo::name) > 0) {
    method = draft_method(config.method.name);
  }
  all.insert(all.end(), method.settings.begin(), method.settings.end());
  return did_you_mean_setting(name, all);
}

void override_config(const std::string& text, TrainConfig& config) {
  const auto [name, value] = parse_key_value(text);
  const std::vector<Setting> settings = config_settings(config);
  const Setting* meant = find_setting(settings, name);
  const bool full = name.find('.') != std::string::npos;
  if (meant != nullptr && !full && method_has(config.method.name, name)) {
    fail("{}: expected {} or {}{}, as {} has a setting of this name, too", name, meant->name, kMethodPrefix,
         name, config.method.name);
  }
  if (meant != nullptr) {
    assign(*meant, value, meant->name);
  } else if (!full) {
    config.method.settings[name] = value;
  } else if (name.starts_with(kMethodPrefix)) {
    config.method.settings[name.substr(kMethodPrefix.size())] = value;
  } else {
    fail("setting `{}`: unknown{}", name, did_you_mean_key(name, config));
  }
}

std::vector<std::string> overrides_of(const TrainConfig& config) {
  TrainConfig copy = config, defaults;
  const std::vector<Setting> own = config_settings(copy), standard = config_settings(defaults);
  std::vector<std::string> all;
  for (size_t i = 0; i < own.size(); ++i) {
    const std::string value = text_of(own[i]);
    if (value != text_of(standard[i])) all.push_back(own[i].name + "=" + value);
  }
  for (const std::string& pair : config.method.pairs()) all.push_back(std::string(kMethodPrefix) + pair);
  return all;
}

std::string to_toml(const TrainConfig& config) {
  TrainConfig copy = config;
  std::string text;
  std::string_view section;
  const std::vector<Setting> settings = config_settings(copy);
  for (const Setting& s : settings) {
    if (s.section() != section) {
      section = s.section();
      text += fmt::format("{}[{}]\n", text.empty() ? "" : "\n", section);
    }
    text += fmt::format("{} = {}\n", s.short_name(), toml_of(s));
    if (s.name != "method.name") continue;
    for (const auto& [key, value] : config.method.settings) {
      text += fmt::format("{} = {}\n", key, toml_value(value));
    }
  }
  return text;
}

void check_settings(const TrainConfig& config) {
  check_method(config);
  check(config.augment);
  check(config.point_augment);
  const OptimConfig& t = config.train;
  if (config.data.path.empty())
    fail("data.path: expected a folder, list or file of images or point clouds, got none");
  if (t.out.empty()) fail("train.out: expected the run's folder, got none");
  if (config.pretrain.masked() && config.method.name != "full") {
    fail("pretrain.objective: masked pretraining trains the whole backbone; expected method full, got {}",
         config.method.name);
  }
  if (config.pretrain.masked() && (config.augment.mixup > 0 || config.augment.cutmix > 0)) {
    fail("augment.{}: masked pretraining has no labels to mix; expected 0",
         config.augment.mixup > 0 ? "mixup" : "cutmix");
  }
  if (config.pretrain.masked() && t.select != Select::last) {
    fail("train.select: masked pretraining measures no accuracy to select on; expected last, got {}",
         to_string(t.select));
  }
  if (config.pretrain.masked() && t.head_init == HeadInit::probe) {
    fail("train.head_init: masked pretraining has no head to fit; expected auto or random, got probe");
  }
  if (config.data.train_on == TrainOn::train_and_val && t.select == Select::val) {
    fail(
        "train.select: with data.train_on = train+val no samples are left to select on; expected last or "
        "test-best, got val");
  }
  if (t.patience > 0 && t.select == Select::last) {
    fail("train.patience: an early stop needs evaluations to compare, got train.select = last");
  }
}

void check(const TrainConfig& config) {
  check_settings(config);
  if (config.model.weights.empty() && config.method.name != "full") {
    fail("model.weights: expected a checkpoint for method {}; only `full` trains from scratch",
         config.method.name);
  }
}

ForeignSetting setting_of_other_data(const TrainConfig& config, std::string_view data) {
  TrainConfig given = config, defaults;
  defaults.point_augment = given.point_augment;
  defaults.data.min_class_size = given.data.min_class_size;
  const std::vector<Setting> own = config_settings(given), standard = config_settings(defaults);
  const auto other = [&](std::string_view who) {
    return (who == kOfImages || who == kOfClouds) && who != data;
  };
  for (size_t i = 0; i < own.size(); ++i) {
    const auto of = std::ranges::find_if(own[i].of, other);
    if (of != own[i].of.end() && text_of(own[i]) != text_of(standard[i])) return {own[i].name, *of};
  }
  return {};
}

std::string difference(const TrainConfig& a, const TrainConfig& b) {
  TrainConfig x = a, y = b;
  y.train.out = x.train.out;
  y.train.checkpoint_minutes = x.train.checkpoint_minutes;
  y.data.cache_mb = x.data.cache_mb;
  y.data.loader_threads = x.data.loader_threads;
  const std::vector<Setting> left = config_settings(x), right = config_settings(y);
  for (size_t i = 0; i < left.size(); ++i) {
    const std::string one = toml_of(left[i]), other = toml_of(right[i]);
    if (one != other) return fmt::format("{}: {}, {}", left[i].name, one, other);
  }
  if (a.method.settings == b.method.settings) return "";
  return fmt::format("method: {}, {}", fmt::join(a.method.pairs(), " "), fmt::join(b.method.pairs(), " "));
}

}  // namespace ax
