// adapterx eval: an adapter's accuracy on a split of a data set.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "adapterx/base/cpu.h"
#include "adapterx/base/parallel.h"
#include "adapterx/data/points/point_samples.h"
#include "adapterx/train/adapted_model.h"
#include "adapterx/train/config_settings.h"
#include "adapterx/train/evaluate.h"
#include "adapterx/train/setup.h"
#include "cli/command.h"
#include "cli/progress.h"
#include "cli/setting_text.h"
#include "cli/terminal_text.h"

namespace ax::cli {
namespace {

// Settings of training that evaluation has, too; those of the data are to be as they were in training.
constexpr std::pair<const char*, const char*> kSettingOptions[] = {
    {"--weights", "model.weights"},      {"--data", "data.path"},
    {"--format", "data.format"},         {"--val-fraction", "data.val_fraction"},
    {"--train-size", "data.train_size"}, {"--val-size", "data.val_size"},
    {"--split-seed", "data.split_seed"}, {"--class-names", "data.class_names"},
    {"--variant", "data.variant"},       {"--min-class-size", "data.min_class_size"},
    {"--batch", "train.batch"},          {"--precision", "train.precision"},
    {"--threads", "train.threads"},
};

struct EvalOptions {
  std::string adapter;
  std::string split = "test";
  TrainConfig config;  // weights, data, and how the model is run
  int64_t votes = 0;   // 0: no voting
  uint64_t vote_seed = 0;
  bool json = false;
};

Split split_of(const DataSplits& splits, const EvalOptions& options) {
  const Split split = options.split == "test"  ? Split::test
                      : options.split == "val" ? Split::val
                                               : Split::train;
  if (!dataset_of(splits, split))
    fail("{}: no {} {}", options.config.data.path, options.split, sample_noun(splits));
  return split;
}

void expect_classes(const AdapterInfo& info, const std::vector<std::string>& classes,
                    const EvalOptions& options) {
  if (info.classes == classes) return;
  if (info.classes.size() != classes.size()) {
    fail("{}: expected the {} classes of {}, got {}", options.config.data.path, info.classes.size(),
         options.adapter, classes.size());
  }
  for (size_t i = 0; i < info.classes.size(); ++i) {
    const bool unnamed = classes[i] == std::to_string(i);  // the data know numbers alone
    if (unnamed || info.classes[i] == classes[i]) continue;
    fail("{}: class {}: expected `{}`, as {} has it, got `{}`", options.config.data.path, i, info.classes[i],
         options.adapter, classes[i]);
  }
}

void print_json(const EvalOptions& options, const AdapterInfo& info, const Evaluation& result) {
  nlohmann::ordered_json j;
  j["adapter"] = options.adapter;
  j["method"] = info.method;
  j["split"] = options.split;
  j["images"] = result.images;
  j["accuracy"] = result.accuracy();
  j["votes"] = options.votes;
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
  const std::string_view noun = is_point_backbone(info.model) ? "clouds" : "images";
  const std::string votes =
      options.votes > 0 ? fmt::format(", by {} votes of random points each", options.votes) : "";
  fmt::print("{}: {:.2f} % of {} {}{}, loss {:.4f}, {:.1f} {}/s\n", options.split, 100 * result.accuracy(),
             result.images, noun, votes, result.loss, static_cast<double>(result.images) / result.seconds,
             noun);
  const std::vector<double> accuracy = result.class_accuracy();
  for (size_t i = 0; i < accuracy.size() && accuracy.size() <= 100; ++i) {
    if (std::isfinite(accuracy[i]))
      fmt::print("  {:6.2f} %  {}\n", 100 * accuracy[i], printable(info.classes[i]));
  }
}

// The published votes: random choices of points, scaled and shifted.
std::shared_ptr<const SampleSource> drawn_clouds(const DataSplits& splits, Split split,
                                                 const AdapterInfo& info) {
  TrainConfig config;
  config.point_augment.scale_translate = true;
  return augmented_samples(splits, split, info.preprocess, config, kPointCacheBytes);
}

void run_eval(const EvalOptions& options) {
  const OptimConfig& run = options.config.train;
  if (run.threads > 0) set_thread_count(static_cast<int>(run.threads));
  const AdaptedModel model = open_adapted_model(options.adapter, options.config.model.weights);
  const AdapterInfo& info = model.adapter.info;
  if (options.votes > 0 && !is_point_backbone(info.model)) {
    throw UsageError("--votes: voting is over random choices of points; expected an adapter of point clouds");
  }
  if (classes_of(info.model) == 0) fail("{}: the adapter has no classes to evaluate", options.adapter);
  DataConfig data = options.config.data;
  if (const auto* clouds = std::get_if<PointPreprocess>(&info.preprocess)) {
    data.sample_points = clouds->sample_points;
  }
  const DataSplits splits = open_splits(data, is_point_backbone(info.model));
  std::fputs(notes_of(splits).c_str(), stderr);
  expect_classes(info, class_names(splits), options);
  const Split split = split_of(splits, options);
  const auto samples = samples_of(splits, split, info.preprocess, 0);
  const int64_t size = samples->dataset().size();
  CompileOptions compile_options;
  compile_options.precision = run.precision;
  const int64_t batch = std::min(run.batch, size);
  const BuiltSession built = build_adapted_session(model, batch, compile_options);
  LoaderOptions load;
  load.batch = batch;
  const int64_t passes = std::max<int64_t>(options.votes, 1);
  Progress progress(std::string(sample_noun(splits)), passes * size);
  const auto watch = [&](int64_t done) {
    progress.update(done);
    return true;
  };
  const std::string_view input = input_name(info.model);
  Evaluation result;
  if (options.votes > 0) {
    const auto drawn = drawn_clouds(splits, split, info);
    const auto loader_of = [&](int64_t vote) {
      return std::make_unique<Loader>(vote_samples(drawn, options.vote_seed, static_cast<uint32_t>(vote)),
                                      classes_of(info.model), load);
    };
    result = evaluate_by_votes(*built.session, input, loader_of, options.votes, size, watch);
  } else {
    Loader loader(samples, classes_of(info.model), load);
    result = evaluate(*built.session, input, loader, size, watch);
  }
  progress.clear();
  options.json ? print_json(options, info, result) : print_text(options, info, result);
}

}  // namespace

void add_eval(CLI::App& app) {
  auto o = std::make_shared<EvalOptions>();
  CLI::App* command = app.add_subcommand("eval", "Accuracy of an adapter on a split of a data set");
  command->add_option("--adapter", o->adapter, "adapter.safetensors of a run")->required();
  const std::vector<Setting> settings = config_settings(o->config);
  for (const auto& [option, name] : kSettingOptions) add_setting_option(*command, option, settings, name);
  command->get_option("--data")->required();
  command->add_option("--split", o->split, "Split to evaluate")
      ->check(CLI::IsMember({"test", "val", "train"}))
      ->capture_default_str();
  command
      ->add_option("--votes", o->votes,
                   "Point clouds: mean logits of so many random choices of points, as some papers report")
      ->check(CLI::Range(1, 10000));
  command->add_option("--vote-seed", o->vote_seed, "Of the choices");
  command->add_flag("--json", o->json, "One JSON object, with the confusion matrix");
  command->callback([o] { run_eval(*o); });
}

}  // namespace ax::cli
