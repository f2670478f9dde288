// adapterx eval: an adapter's accuracy on a split of a data set.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "adapterx/base/cpu.h"
#include "adapterx/base/parallel.h"
#include "adapterx/data/image_samples.h"
#include "adapterx/train/adapted_model.h"
#include "adapterx/train/evaluate.h"
#include "adapterx/train/setup.h"
#include "cli/command.h"
#include "cli/progress.h"
#include "cli/terminal_text.h"

namespace ax::cli {
namespace {

struct EvalOptions {
  std::string adapter, weights, split = "test", precision = "auto";
  DataConfig data;
  int64_t batch = 64;
  int threads = 0;
  bool json = false;
};

std::shared_ptr<const ImageDataset> split_of(const ImageSplits& splits, const EvalOptions& options) {
  auto images = options.split == "test" ? splits.test : options.split == "val" ? splits.val : splits.train;
  if (!images) fail("{}: no {} images", options.data.path, options.split);
  return images;
}

void expect_classes(const AdapterInfo& info, const ImageSplits& splits, const EvalOptions& options) {
  if (info.classes == splits.classes) return;
  if (info.classes.size() != splits.classes.size()) {
    fail("{}: expected the {} classes of {}, got {}", options.data.path, info.classes.size(), options.adapter,
         splits.classes.size());
  }
  for (size_t i = 0; i < info.classes.size(); ++i) {
    const bool unnamed = splits.classes[i] == std::to_string(i);  // the data know numbers alone
    if (unnamed || info.classes[i] == splits.classes[i]) continue;
    fail("{}: class {}: expected `{}`, as {} has it, got `{}`", options.data.path, i, info.classes[i],
         options.adapter, splits.classes[i]);
  }
}

void print_json(const EvalOptions& options, const AdapterInfo& info, const Evaluation& result) {
  nlohmann::ordered_json j;
  j["adapter"] = options.adapter;
  j["method"] = info.method;
  j["split"] = options.split;
  j["images"] = result.images;
  j["accuracy"] = result.accuracy();
  j["loss"] = result.loss;
  j["classes"] = info.classes;
  j["class_accuracy"] = result.class_accuracy();  // null for classes without images
  j["confusion"] = result.confusion();
  j["seconds"] = result.seconds;
  j["images_per_s"] = static_cast<double>(result.images) / result.seconds;
  j["peak_rss_mb"] = static_cast<double>(peak_rss_bytes()) / 1e6;
  fmt::print("{}\n", j.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

void print_text(const EvalOptions& options, const AdapterInfo& info, const Evaluation& result) {
  fmt::print("{}: {:.2f} % of {} images, loss {:.4f}, {:.1f} images/s\n", options.split,
             100 * result.accuracy(), result.images, result.loss,
             static_cast<double>(result.images) / result.seconds);
  const std::vector<double> accuracy = result.class_accuracy();
  for (size_t i = 0; i < accuracy.size() && accuracy.size() <= 100; ++i) {
    if (std::isfinite(accuracy[i]))
      fmt::print("  {:6.2f} %  {}\n", 100 * accuracy[i], printable(info.classes[i]));
  }
}

void run_eval(const EvalOptions& options) {
  if (options.threads > 0) set_thread_count(options.threads);
  const Precision precision = from_command_line([&] { return parse_precision(options.precision); });
  const AdaptedModel model = open_adapted_model(options.adapter, options.weights);
  const AdapterInfo& info = model.adapter.info;
  const ImageSplits splits = open_image_splits(dataset_spec(options.data));
  expect_classes(info, splits, options);
  const auto images = split_of(splits, options);
  CompileOptions compile_options;
  compile_options.precision = precision;
  const int64_t batch = std::min(options.batch, images->size());
  const BuiltSession built = build_adapted_session(model, batch, compile_options);
  LoaderOptions load;
  load.batch = batch;
  Loader loader(image_samples(images, info.preprocess, {}, 0), info.model.classes, load);
  Progress progress("images", images->size());
  const Evaluation result = evaluate(*built.session, loader, images->size(), [&](int64_t done) {
    progress.update(done);
    return true;
  });
  progress.clear();
  options.json ? print_json(options, info, result) : print_text(options, info, result);
}

}  // namespace

void add_eval(CLI::App& app) {
  auto o = std::make_shared<EvalOptions>();
  CLI::App* command = app.add_subcommand("eval", "Accuracy of an adapter on a split of a data set");
  command->add_option("--adapter", o->adapter, "adapter.safetensors of a run")->required();
  command->add_option("--weights", o->weights, "The backbone it was trained on (not for whole models)");
  command->add_option("--data", o->data.path, "Folder or list of images")->required();
  command->add_option("--format", o->data.format, "auto, folder, vtab, csv or idx")->capture_default_str();
  command->add_option("--split", o->split, "test, val or train")
      ->check(CLI::IsMember({"test", "val", "train"}))
      ->capture_default_str();
  command
      ->add_option("--val-fraction", o->data.val_fraction,
                   "As in training, where the data have no such split")
      ->check(CLI::Range(0.0, 0.99))
      ->capture_default_str();
  command->add_option("--train-size", o->data.train_size, "As in training")->check(CLI::NonNegativeNumber);
  command->add_option("--val-size", o->data.val_size, "As in training")->check(CLI::NonNegativeNumber);
  command->add_option("--split-seed", o->data.split_seed, "As in training");
  command->add_option("--batch", o->batch, "Images at a time")
      ->check(CLI::Range(1, 65536))
      ->capture_default_str();
  command->add_option("--precision", o->precision, "auto, fp32 or bf16")->capture_default_str();
  command->add_option("--threads", o->threads, "Threads (default: all cores)")->check(CLI::Range(1, 1024));
  command->add_flag("--json", o->json, "One JSON object, with the confusion matrix");
  command->callback([o] { run_eval(*o); });
}

}  // namespace ax::cli
