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

TrainConfig given_config(const TrainOptions& options) {
  TrainConfig config;
  if (!options.config.empty()) read_config(options.config, config);
  from_command_line([&] {
    apply_command_line(options, config);
    check(config);
    return 0;
  });
  return config;
}

bool names_a_run(const TrainOptions& o) {
  return !o.model.empty() || !o.weights.empty() || !o.data.empty() || !o.method.empty() ||
         !o.config.empty() || !o.settings.empty();
}

TrainConfig resumed_config(const TrainOptions& options) {
  const fs::path stored_file = fs::path(options.out) / "config.toml";
  if (options.out.empty() && options.config.empty())
    throw UsageError("--resume: expected --out, the run's folder");
  if (!options.out.empty() && !names_a_run(options)) {
    if (!fs::exists(stored_file)) fail("{}: no run to resume", stored_file.string());
    TrainConfig stored;
    read_config(stored_file, stored);
    stored.train.out = options.out;  // the folder may have been moved
    return stored;
  }
  const TrainConfig given = given_config(options);
  const fs::path file = fs::path(given.train.out) / "config.toml";
  if (!fs::exists(file)) return given;  // nothing yet: from the start
  TrainConfig stored;
  read_config(file, stored);
  stored.train.out = given.train.out;
  if (const std::string text = difference(stored, given); !text.empty()) {
    throw UsageError(
        fmt::format("--resume: the run in {} has other settings ({}); a resumed run keeps its own",
                    given.train.out, text));
  }
  return given;
}

std::string footer() {
  std::string text = "Settings, by sections of the config file (default):\n";
  for (const ConfigKey& key : config_keys()) {
    text += fmt::format("  {:<30} {} ({})\n", key.name, key.help, key.value);
  }
  return text +
         "Any other key is a setting of the method. Precedence: defaults < --config < command line.\n"
         "Ctrl-C ends with a checkpoint; --resume goes on, bit for bit.";
}

}  // namespace

void add_train_options(CLI::App& command, TrainOptions& options) {
  command.add_option("--model", options.model, "Preset the weights are of, or to train from scratch");
  command.add_option("--weights", options.weights, "Checkpoint of the backbone");
  command.add_option("--data", options.data, "Folder or list of images");
  command.add_option("--method", options.method, "One of `adapterx methods`");
  command.add_option("--config", options.config, "Settings, TOML");
  command.add_option("--out", options.out, "The run's folder: new, or empty");
  command.add_flag("--resume", options.resume, "Go on with the run in --out");
  command.add_option("settings", options.settings, "key=value, over the config file's: lr=1e-3 rank=32");
  command.footer(footer());
}

TrainConfig resolve_config(const TrainOptions& options) {
  return options.resume ? resumed_config(options) : given_config(options);
}

}  // namespace ax::cli
