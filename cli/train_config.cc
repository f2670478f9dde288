#include "cli/train_config.h"

#include <CLI/CLI.hpp>
#include <filesystem>

#include "adapterx/base/error.h"
#include "adapterx/base/setting_list.h"
#include "adapterx/train/config_settings.h"
#include "adapterx/train/setup.h"
#include "cli/command.h"
#include "cli/text/setting_text.h"
#include "cli/text/terminal_text.h"

namespace ax::cli {
namespace {

namespace fs = std::filesystem;

void apply_command_line(const TrainOptions& options, TrainConfig& config) {
  const auto set = [](const std::string& given, std::string& field) {
    if (!given.empty()) field = given;
  };
  set(options.model, config.model.name);
  set(options.weights, config.model.weights);
  set(options.data, config.data.path);
  set(options.method, config.method.name);
  set(options.out, config.train.out);
  if (options.dry_run && config.train.out.empty()) config.train.out = kNowhere;
  if (!options.image_size.empty()) override_config("model.image_size=" + options.image_size, config);
  for (const std::string& text : options.settings) override_config(text, config);
}

std::string footer(TrainConfig defaults) {
  std::vector<NamedSetting> lines;
  for (const Setting& s : config_settings(defaults)) lines.emplace_back(s.name, s);
  const size_t width = output_width();
  return "Settings, by sections of the config file:\n" + setting_lines(lines, width) +
         wrap("Any other key is a setting of the method: `adapterx methods NAME` explains them.", width, 0) +
         "\n" + wrap("Precedence: defaults < --config < command line.", width, 0) + "\n" +
         wrap("Ctrl-C ends with a checkpoint; --resume goes on, bit for bit.", width, 0);
}

}  // namespace

void add_train_options(CLI::App& command, TrainOptions& options, const TrainConfig& defaults) {
  TrainConfig copy = defaults;
  const std::vector<Setting> settings = config_settings(copy);
  const auto add = [&](const char* option, std::string& value, const char* name) {
    command.add_option(option, value, find_setting(settings, name)->help);
  };
  add("--model", options.model, "model.name");
  add("--weights", options.weights, "model.weights");
  add("--image-size", options.image_size, "model.image_size");
  add("--data", options.data, "data.path");
  add("--method", options.method, "method.name");
  add("--out", options.out, "train.out");
  command.add_option("--config", options.config, "File of settings in TOML");
  command.add_flag("--resume", options.resume, "Go on with the run in --out");
  command
      .add_flag("--dry-run", options.dry_run,
                "Say what would be trained, how long it would take and in how much memory, by a few steps "
                "whose results are dropped; nothing is written, and no --out is needed")
      ->excludes("--resume");
  command.add_option("settings", options.settings,
                     "Settings as key=value, which go over the config file's: lr=1e-3 rank=32");
  command.footer([defaults] { return footer(defaults); });
}

TrainConfig resolve_config(const TrainOptions& options, const TrainConfig& defaults,
                           std::optional<BundledChoice>* bundled) {
  TrainConfig config = defaults;
  const fs::path stored = fs::path(options.out) / "config.toml";
  const bool goes_on = options.resume && options.config.empty() && !options.out.empty();
  if (goes_on && fs::exists(stored)) {
    read_config(stored, config);
  } else if (goes_on && options.data.empty()) {
    fail("{}: no run to resume", stored.string());
  }
  if (!options.config.empty()) read_config(options.config, config);
  return from_command_line([&] {
    apply_command_line(options, config);
    check_settings(config);
    if (bundled != nullptr && !config.pretrain.masked()) {
      *bundled = choose_bundled(config.model, dataset_spec(config.data));
    }
    check(config);
    return config;
  });
}

}  // namespace ax::cli
