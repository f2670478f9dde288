// adapterx train: fine-tunes a backbone on images or point clouds, or trains one from scratch.
// adapterx pretrain: trains a backbone to be fine-tuned, and writes it as a file to give to --weights.
#include <fmt/format.h>
#include <signal.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <cstdio>
#include <filesystem>

#include "adapterx/app/pretrain_recipe.h"
#include "adapterx/app/training_plan.h"
#include "adapterx/app/training_run.h"
#include "adapterx/base/text_format.h"
#include "adapterx/report/run_folder.h"
#include "adapterx/train/config_settings.h"
#include "cli/command.h"
#include "cli/text/bundled_text.h"
#include "cli/text/plan_text.h"
#include "cli/text/terminal_text.h"
#include "cli/train_config.h"
#include "cli/train_console.h"

namespace ax::cli {
namespace {

namespace fs = std::filesystem;

std::atomic<bool> stop_requested{false};
std::atomic<int> stop_signal{0};

// The first SIGINT or SIGTERM asks for a clean end; the second, of either kind, kills.
void watch_signals() {
  struct sigaction action = {};
  action.sa_handler = [](int number) {
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    stop_signal = number;
    stop_requested = true;
  };
  sigaddset(&action.sa_mask, SIGINT);
  sigaddset(&action.sa_mask, SIGTERM);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

// A run that a signal ended ends by this signal: shells and scripts see it and stop, too.
void pass_signal_on() {
  if (stop_signal == 0) return;
  std::fflush(stdout);
  raise(stop_signal);
}

// Signals are watched for as soon as a stop is a clean end.
class WatchfulConsole : public TrainConsole {
 public:
  void on_ready() override { watch_signals(); }
};

void say(const std::string& text) {
  fmt::print("{}", text);
  std::fflush(stdout);
}

void print_file(const fs::path& file, uint64_t bytes) {
  fmt::print("{}  {}\n", file.string(), bytes_text(bytes));
}

void dry_run(const TrainConfig& config) {
  if (config.train.out != kNowhere) RunFolder::expect_empty(config.train.out);
  const TrainingPlan plan = plan_training(config);
  say(plan_text(config, plan, output_width()));
}

void run(const TrainConfig& config, const TrainOptions& options, bool pretrains) {
  if (options.dry_run) return dry_run(config);
  signal(SIGXFSZ, SIG_IGN);  // a file that passes the system's limit: an error of the write
  const std::string& out = config.train.out;
  WatchfulConsole console;
  const TrainingResult result = run_training(config, console, stop_requested, options.resume);
  console.result(result);
  if (result.interrupted) {
    fmt::print("stopped; go on with: adapterx {} --resume --out {}\n", pretrains ? "pretrain" : "train", out);
    return pass_signal_on();
  }
  print_file(adapter_of_run(out), static_cast<uint64_t>(result.adapter_bytes));
  fmt::print("{}\n", report_of_run(out).string());
  if (pretrains) {
    const fs::path backbone = write_trained_backbone(out);
    print_file(backbone, fs::file_size(backbone));
  }
  pass_signal_on();
}

// Those of the first recipe, which the help shows.
TrainConfig shown_defaults() { return pretrain_recipes().front().defaults(); }

// By the kind of model and the objective that file and command line name.
TrainConfig resolve_pretraining(const TrainOptions& options) {
  const TrainConfig config = resolve_config(options, shown_defaults());
  const PretrainRecipe* recipe = from_command_line([&] { return &pretrain_recipe(config); });
  return resolve_config(options, recipe->defaults());
}

// "data.val_fraction=0, ...": where the defaults are others than those shown, but for the objective.
std::string defaults_of(const PretrainRecipe& recipe) {
  TrainConfig defaults = recipe.defaults(), others = shown_defaults();
  others.pretrain = defaults.pretrain;
  const std::vector<Setting> shown = config_settings(others), own = config_settings(defaults);
  std::string text;
  for (size_t i = 0; i < own.size(); ++i) {
    if (text_of(own[i]) == text_of(shown[i])) continue;
    text += fmt::format("{}{}={}", text.empty() ? "" : ", ", own[i].name, text_of(own[i]));
  }
  return text;
}

}  // namespace

void add_train(CLI::App& app) {
  auto options = std::make_shared<TrainOptions>();
  CLI::App* command = app.add_subcommand("train", "Fine-tune a backbone on images or point clouds");
  add_train_options(*command, *options);
  command->footer(wrap(kBundledHelp, output_width(), 0));
  command->callback([options] {
    std::optional<BundledChoice> bundled;
    const TrainConfig config = resolve_config(*options, {}, &bundled);
    if (bundled) say(bundled_text(*bundled));
    run(config, *options, config.pretrain.masked());
  });
}

void add_pretrain(CLI::App& app) {
  auto options = std::make_shared<TrainOptions>();
  CLI::App* command = app.add_subcommand(
      "pretrain", "Train a backbone to be fine-tuned: by hidden patches or groups of points, or by classes");
  add_train_options(*command, *options, shown_defaults());
  std::vector<std::string> lines;
  for (const PretrainRecipe& recipe : pretrain_recipes().subspan(1)) {
    const std::string line = fmt::format("The defaults for {} are {}.", recipe.what, defaults_of(recipe));
    lines.push_back(wrap(line, output_width(), 0));
  }
  command->footer(fmt::format("{}", fmt::join(lines, "\n")));
  command->callback([options] {
    const TrainConfig config = resolve_pretraining(*options);
    from_command_line([&] { check_pretraining(config); });
    run(config, *options, true);
  });
}

}  // namespace ax::cli
