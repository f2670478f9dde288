#include "adapterx/suite/suite_settings.h"

#include <algorithm>

#include "adapterx/base/error.h"
#include "adapterx/base/setting_list.h"
#include "adapterx/methods/method.h"
#include "adapterx/train/config_settings.h"
#include "adapterx/train/pixel_regression.h"

namespace ax {
namespace {

std::string full_name(const std::string& key) { return key == "data" ? "data.path" : key; }

// Calls see(settings) with those of a training, or of a method, at their defaults.
template <class See>
auto with_config_settings(const See& see) {
  TrainConfig config;
  return see(config_settings(config));
}
template <class See>
auto with_method_settings(const std::string& method, const See& see) {
  if (method != kPixelRegression) return see(draft_method(method).settings);
  PixelRegressionOptions options;
  return see(pixel_regression_settings(options));
}

// "rank", "method.rank".
bool row_has(const std::string& method, const std::string& key) {
  return with_method_settings(
      method, [&](const std::vector<Setting>& all) { return find_setting(all, key) != nullptr; });
}

void expect_not_decided(const SuiteSetting& s) {
  static const std::vector<std::string> kDecided = {
      "model.weights", "method.name", "data.split_seed", "data.train_on",  "data.use_test",     "train.seed",
      "train.select",  "train.out",   "train.threads",   "train.patience", "pretrain.objective"};
  const std::string key = full_name(s.key);
  for (const std::string& name : kDecided) {
    if (key == name || key == name.substr(name.find('.') + 1)) {
      fail("{}: {}: the suite sets {} itself", s.where, s.key, name);
    }
  }
}

class Checker {
 public:
  explicit Checker(const SuiteConfig& suite) {
    for (const SuiteMethod& m : suite.methods) methods_.push_back(m.method);
  }

  // Of any method (method = ""), or of one.
  void check(const SuiteSettings& settings, const std::string& method = "") const {
    for (const SuiteSetting& s : settings) {
      expect_not_decided(s);
      const std::vector<std::string> owners = method.empty() ? methods_ : std::vector{method};
      for (const std::string& owner : owners) {
        TrainConfig scratch;
        scratch.method.name = owner;
        apply(s, scratch);
      }
      if (is_config_key(s.key)) continue;
      if (std::ranges::any_of(owners, [&](const std::string& m) { return row_has(m, s.key); })) continue;
      fail("{}: unknown setting `{}`{}{}", s.where, s.key, method.empty() ? "" : " of " + method,
           did_you_mean(s.key.substr(s.key.rfind('.') + 1), known_to(owners)));
    }
  }

 private:
  static std::vector<std::string> known_to(const std::vector<std::string>& owners) {
    std::vector<std::string> known;
    const auto add = [&](const std::vector<Setting>& all) {
      for (const Setting& s : all) known.emplace_back(s.short_name());
    };
    with_config_settings(add);
    for (const std::string& method : owners) with_method_settings(method, add);
    return known;
  }

  std::vector<std::string> methods_;
};

}  // namespace

std::vector<std::string> suite_method_names() {
  std::vector<std::string> names = {kPixelRegression};
  for (const MethodInfo& info : methods()) names.push_back(info.name);
  return names;
}

bool is_config_key(const std::string& key) {
  return with_config_settings(
      [&](const std::vector<Setting>& all) { return find_setting(all, full_name(key)) != nullptr; });
}

void apply(const SuiteSetting& setting, TrainConfig& config) {
  try {
    override_config(full_name(setting.key) + "=" + setting.value, config);
  } catch (const Error& error) {
    fail("{}: {}", setting.where, error.what());
  }
}

void apply_shared(const SuiteSettings& settings, const std::string& method, TrainConfig& config) {
  for (const SuiteSetting& s : settings) {
    if (is_config_key(s.key) || row_has(method, s.key)) apply(s, config);
  }
}

void check_settings(const SuiteConfig& suite) {
  const Checker checker(suite);
  checker.check(suite.common);
  for (const SuiteTask& task : suite.tasks) {
    checker.check(task.settings);
    const auto is_data = [](const SuiteSetting& s) {
      return s.key == "path" || full_name(s.key) == "data.path";
    };
    if (!std::ranges::any_of(task.settings, is_data)) {
      fail("{}: tasks.{}: expected `data`, a path or a source of images, got none", task.where, task.name);
    }
  }
  for (const auto* rows : {&suite.methods, &suite.ablations}) {
    for (const SuiteMethod& m : *rows) {
      checker.check(m.settings, m.method);
      for (const auto& [task, settings] : m.on_task) checker.check(settings, m.method);
    }
  }
  for (const TuningGrid& grid : suite.grids) {
    const auto row = std::ranges::find(suite.methods, grid.method, &SuiteMethod::name);
    if (row->method == kPixelRegression) {
      fail("tune.{}: {} chooses its penalty on the validation images by itself", grid.method, row->method);
    }
    for (const TuningGrid::Axis& axis : grid.axes) {
      for (const std::string& value : axis.values) {
        checker.check({{axis.key, value, axis.where}}, row->method);
      }
    }
  }
}

}  // namespace ax
