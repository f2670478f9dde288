// adapterx train: fine-tunes a backbone on images, or trains one from scratch.
#include <fmt/format.h>
#include <signal.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <cstdio>
#include <filesystem>

#include "adapterx/io/atomic_file.h"
#include "adapterx/train/trainer.h"
#include "cli/command.h"
#include "cli/train_config.h"
#include "cli/train_console.h"

namespace ax::cli {
namespace {

namespace fs = std::filesystem;

std::atomic<bool> stop_requested{false};

// The first SIGINT or SIGTERM asks for a clean end; the second kills.
void watch_signals() {
  struct sigaction action = {};
  action.sa_handler = [](int) { stop_requested = true; };
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

class Run : public TrainingObserver {
 public:
  explicit Run(const TrainConfig& config) : config_(config) {}

  void on_start(const TrainingStart& start) override { console_.start(start); }
  void on_step(const StepRecord& step) override { console_.step(step); }
  void on_evaluation(std::string_view split, int64_t done) override { console_.evaluation(split, done); }
  void on_epoch(const EpochResult& epoch, const Evaluation*) override { console_.epoch(epoch); }

  void finish(const TrainingResult& result) {
    console_.clear();
    if (result.interrupted) {
      fmt::print("stopped; go on with: adapterx train --resume --out {}\n", config_.train.out);
      return;
    }
    if (!result.tested_on.empty()) {
      fmt::print("{}: {:.2f} % of {} images, adapter of epoch {}\n", result.tested_on,
                 100 * result.test.accuracy(), result.test.images, result.best_epoch + 1);
    }
    fmt::print("{}/best/adapter.safetensors  {} bytes  {} in all\n", config_.train.out, result.adapter_bytes,
               duration_text(result.seconds));
  }

 private:
  const TrainConfig& config_;
  TrainConsole console_;
};

void write_text(const fs::path& path, const std::string& text) {
  AtomicFile file(path);
  file.write(text.data(), text.size());
  file.commit();
}

void run_training(const TrainOptions& options) {
  const TrainConfig config = resolve_config(options);
  const fs::path out = config.train.out;
  if (!options.resume && fs::exists(out) && !fs::is_empty(out)) {
    fail("{}: not empty; go on with the run in it (--resume) or choose another --out", out.string());
  }
  fs::create_directories(out);
  write_text(out / "config.toml", to_toml(config));
  watch_signals();
  Run run(config);
  run.finish(train(config, run, stop_requested, options.resume));
}

}  // namespace

void add_train(CLI::App& app) {
  auto options = std::make_shared<TrainOptions>();
  CLI::App* command =
      app.add_subcommand("train", "Fine-tune a backbone on images, or train one from scratch");
  add_train_options(*command, *options);
  command->callback([options] { run_training(*options); });
}

}  // namespace ax::cli
