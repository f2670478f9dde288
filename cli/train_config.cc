#include "cli/train_config.h"

#include <CLI/CLI.hpp>
#include <filesystem>

#include "adapterx/base/error.h"
#include "cli/command.h"

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
  for (const std::string& text : options.settings) override_config(text, config);
}

std::string footer(const TrainConfig& defaults) {
  std::string text = "Settings, by sections of the config file (default):\n";
  for (const ConfigKey& key : config_keys(defaults)) {
    text += fmt::format("  {:<30} {} ({})\n", key.name, key.help, key.value);
  }
  return text +
         "Any other key is a setting of the method. Precedence: defaults < --config < command line.\n"
         "Ctrl-C ends with a checkpoint; --resume goes on, bit for bit.";
}

}  // namespace

void add_train_options(CLI::App& command, TrainOptions& options, const TrainConfig& defaults) {
  command.add_option("--model", options.model, "Preset the weights are of, or to train from scratch");
  command.add_option("--weights", options.weights, "Checkpoint of the backbone");
  command.add_option("--data", options.data, "Folder, list or file of images or point clouds");
  command.add_option("--method", options.method, "One of `adapterx methods`");
  command.add_option("--config", options.config, "Settings, TOML");
  command.add_option("--out", options.out, "The run's folder: new, or empty");
  command.add_flag("--resume", options.resume, "Go on with the run in --out");
  command.add_option("settings", options.settings, "key=value, over the config file's: lr=1e-3 rank=32");
  command.footer(footer(defaults));
}

TrainConfig resolve_config(const TrainOptions& options, const TrainConfig& defaults) {
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
    check(config);
    return config;
  });
}

}  // namespace ax::cli
