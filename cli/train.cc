// adapterx train: fine-tunes a backbone on images or point clouds, or trains one from scratch.
// adapterx pretrain: trains a backbone to be fine-tuned, and writes it as a file to give to --weights.
#include <fmt/format.h>
#include <signal.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <optional>

#include "adapterx/report/run_folder.h"
#include "adapterx/train/adapter_file.h"
#include "adapterx/train/config_settings.h"
#include "adapterx/train/model_setup.h"
#include "adapterx/train/trainer.h"
#include "cli/command.h"
#include "cli/findings.h"
#include "cli/run_record.h"
#include "cli/terminal_text.h"
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

class Run : public TrainingObserver {
 public:
  Run(const TrainConfig& config, bool resumes, bool pretrains)
      : config_(config), resumes_(resumes), pretrains_(pretrains) {}

  void on_start(const TrainingStart& start) override {
    watch_signals();
    open_folder(start.first_epoch);
    facts_ = run_facts(start);
    data_ = start.setup.data;
    folder_->write_config(to_toml(config_));
    folder_->write_result(facts_);
    console_.start(start);
  }

  void on_step(const StepRecord& step) override { console_.step(step); }
  void on_evaluation(std::string_view split, int64_t done, int64_t total) override {
    console_.evaluation(split, done, total);
  }

  void on_epoch(const EpochResult& epoch, const Evaluation*) override {
    folder_->append(epoch_record(epoch));
    console_.epoch(epoch);
  }

  void finish(const TrainingResult& result) {
    console_.clear();
    if (result.interrupted) {
      fmt::print("stopped; go on with: adapterx {} --resume --out {}\n", pretrains_ ? "pretrain" : "train",
                 config_.train.out);
      return;
    }
    add_result(result, facts_);
    folder_->write_result(facts_);
    if (!result.tested_on.empty()) {
      const Split split = result.tested_on == "test" ? Split::test : Split::val;
      folder_->write_findings(findings_of(result.test, data_, split, adapter().string(), config_));
    }
    folder_->write_report();
    if (!result.tested_on.empty()) {
      fmt::print("{}: {:.2f} % of {} {}, by the adapter of epoch {}\n", result.tested_on,
                 100 * result.test.accuracy(), result.test.images, sample_noun(data_), result.best_epoch + 1);
    }
    fmt::print("{}  {}\n{}\n", adapter().string(), size_text(static_cast<uint64_t>(result.adapter_bytes)),
               (out() / "report.html").string());
    if (pretrains_) write_backbone();
  }

 private:
  fs::path out() const { return config_.train.out; }
  fs::path adapter() const { return out() / "best" / "adapter.safetensors"; }

  // The backbone alone, without head or decoder.
  void write_backbone() const {
    const fs::path file = out() / "backbone.safetensors";
    const AdapterFile trained = open_adapter(adapter());
    const BackboneConfig model = with_classes(trained.info.model, 0);
    const BackboneCheckpoint checkpoint = open_backbone(adapter(), request_for(model));
    save_backbone(file, model, checkpoint.preprocess, checkpoint.source, FileDType::f32);
    fmt::print("{}  {}\n", file.string(), size_text(fs::file_size(file)));
  }

  void open_folder(int64_t epochs_done) {
    const bool exists = resumes_ && fs::exists(out() / "config.toml");
    folder_ = exists ? RunFolder::resume(out(), epochs_done) : RunFolder::create(out());
  }

  const TrainConfig& config_;
  bool resumes_, pretrains_;
  std::optional<RunFolder> folder_;
  RunFacts facts_;
  DataSplits data_;
  TrainConsole console_;
};

void run_training(const TrainConfig& config, bool resume, bool pretrains) {
  if (!resume) RunFolder::expect_empty(config.train.out);
  signal(SIGXFSZ, SIG_IGN);  // a file that passes the system's limit: an error of the write
  Run run(config, resume, pretrains);
  run.finish(train(config, run, stop_requested, resume));
  pass_signal_on();
}

// The recipes of masked pretraining, Point-MAE's and, of images, MAE's; and one for images by classes, that
// of the bundled backbone.
TrainConfig pretrain_defaults(bool points, bool masked) {
  TrainConfig config;
  config.method.name = "full";
  config.pretrain.objective = masked ? Objective::masked : Objective::classes;
  config.data.labels = LabelsTaken::all;
  config.train.select = Select::last;
  config.train.epochs = 300;
  config.train.batch = 128;
  config.train.weight_decay = 0.05;
  config.point_augment.scale_translate = true;
  if (points) {
    config.train.drop_path = 0.1;
    return config;
  }
  config.data.val_fraction = 0;
  config.augment.flip = 0.5;
  config.train.schedule_unit = ScheduleUnit::step;
  if (masked) {
    config.augment.random_resized_crop = true;
    config.augment.rrc_scale_min = 0.2;
    config.train.beta2 = 0.95;
    return config;
  }
  config.augment.pad_crop = 4;
  config.augment.randaugment_ops = 2;
  config.augment.randaugment_magnitude = 7;
  config.train.label_smoothing = 0.1;
  config.train.clip = 1;
  config.train.ema = 0.999;
  return config;
}

// By the kind of model and the objective that file and command line name.
TrainConfig resolve_pretraining(const TrainOptions& options) {
  TrainConfig config = resolve_config(options, pretrain_defaults(true, true));
  const bool points = from_command_line([&] { return means_point_backbone(config.model); });
  return points ? config : resolve_config(options, pretrain_defaults(false, config.pretrain.masked()));
}

// "data.val_fraction=0, ...": where the defaults of images are others.
std::string defaults_of_images(bool masked) {
  TrainConfig of_points = pretrain_defaults(true, masked), of_images = pretrain_defaults(false, masked);
  const std::vector<Setting> points = config_settings(of_points), images = config_settings(of_images);
  std::string text;
  for (size_t i = 0; i < points.size(); ++i) {
    if (text_of(points[i]) == text_of(images[i])) continue;
    text += fmt::format("{}{}={}", text.empty() ? "" : ", ", images[i].name, text_of(images[i]));
  }
  return text;
}

}  // namespace

void add_train(CLI::App& app) {
  auto options = std::make_shared<TrainOptions>();
  CLI::App* command = app.add_subcommand("train", "Fine-tune a backbone on images or point clouds");
  add_train_options(*command, *options);
  command->callback([options] {
    const TrainConfig config = resolve_config(*options);
    run_training(config, options->resume, config.pretrain.masked());
  });
}

void add_pretrain(CLI::App& app) {
  auto options = std::make_shared<TrainOptions>();
  CLI::App* command = app.add_subcommand(
      "pretrain", "Train a backbone to be fine-tuned: by hidden patches or groups of points, or by classes");
  add_train_options(*command, *options, pretrain_defaults(true, true));
  const auto line = [](const char* what, bool masked) {
    return wrap(fmt::format("The defaults for {} are {}.", what, defaults_of_images(masked)), output_width(),
                0);
  };
  command->footer(line("images", true) + "\n" + line("images by classes", false));
  command->callback([options] {
    const TrainConfig config = resolve_pretraining(*options);
    if (config.method.name != "full") {
      throw UsageError("pretrain: expected the method full, which trains a whole backbone, got " +
                       config.method.name);
    }
    run_training(config, options->resume, true);
  });
}

}  // namespace ax::cli
