// adapterx eval: an adapter's accuracy on a split of a data set.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>

#include "adapterx/app/adapter_evaluation.h"
#include "adapterx/base/cpu.h"
#include "adapterx/base/parallel.h"
#include "adapterx/base/text_format.h"
#include "adapterx/tasks/class_evaluation.h"
#include "adapterx/train/config_settings.h"
#include "cli/command.h"
#include "cli/text/progress.h"
#include "cli/text/setting_text.h"
#include "cli/text/terminal_text.h"

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
  std::string adapter, split = "test";
  TrainConfig config;  // weights, data, and how the model is run
  int64_t votes = 0;   // 0: no voting
  uint64_t vote_seed = 0;
  bool json = false;
};

class EvalConsole : public EvaluationObserver {
 public:
  void on_data(const DataSplits& splits) override { std::fputs(splits.notes.c_str(), stderr); }
  void on_begin(std::string_view noun, int64_t total) override {
    progress_.emplace(std::string(noun), total);
  }
  void on_samples(int64_t done) override { progress_->update(done); }

 private:
  std::optional<Progress> progress_;
};

void print_json(const EvalOptions& options, const AdapterInfo& info, const ClassEvaluation& result) {
  nlohmann::ordered_json j;
  j["adapter"] = options.adapter;
  j["method"] = info.method;
  j["split"] = options.split;
  j["images"] = result.samples;
  j["accuracy"] = result.accuracy();
  j["votes"] = options.votes;
  j["loss"] = result.loss;
  j["classes"] = info.classes;
  j["class_accuracy"] = result.class_accuracy();  // null for classes without images
  j["confusion"] = result.confusion();
  j["seconds"] = result.seconds;
  j["images_per_s"] = static_cast<double>(result.samples) / result.seconds;
  j["peak_rss_mb"] = static_cast<double>(peak_rss_bytes()) / 1e6;
  fmt::print("{}\n", j.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

void print_text(const EvalOptions& options, const AdapterInfo& info, const ClassEvaluation& result) {
  const std::string_view noun = info.input->noun();
  const std::string votes =
      options.votes > 0 ? fmt::format(", by {} votes of random points each", options.votes) : "";
  fmt::print("{}: {} of {} {}{}, loss {:.4f}, {:.1f} {}/s\n", options.split,
             percent_text(result.accuracy(), 2), result.samples, noun, votes, result.loss,
             static_cast<double>(result.samples) / result.seconds, noun);
  const std::vector<double> accuracy = result.class_accuracy();
  for (size_t i = 0; i < accuracy.size() && accuracy.size() <= 100; ++i) {
    if (std::isfinite(accuracy[i]))
      fmt::print("  {:>8}  {}\n", percent_text(accuracy[i], 2), printable(info.classes[i]));
  }
}

Split split_of(const std::string& name) {
  return name == "test" ? Split::test : name == "val" ? Split::val : Split::train;
}

EvaluationPtr evaluate(const AdaptedModel& model, const EvaluationOptions& options) {
  EvalConsole console;
  return evaluate_adapter(model, options, console);
}

void run_eval(const EvalOptions& options) {
  const OptimConfig& run = options.config.train;
  if (run.threads > 0) set_thread_count(static_cast<int>(run.threads));
  EvaluationOptions evaluation{options.config.data, split_of(options.split), run.batch,
                               options.votes,       options.vote_seed,       {}};
  evaluation.compile.precision = run.precision;
  const AdaptedModel model = open_adapted_model(options.adapter, options.config.model.weights);
  if (options.config.model.weights.empty() && !model.weights.empty()) {
    fmt::print(stderr, "backbone: {}\n", model.weights);
  }
  if (evaluation.votes > 0 && !model.adapter.info.input->draws_samples()) {
    throw UsageError("--votes: voting is over random choices of points; expected an adapter of point clouds");
  }
  const EvaluationPtr found = evaluate(model, evaluation);
  const ClassEvaluation& result = of_classes(*found);
  const AdapterInfo& info = model.adapter.info;
  options.json ? print_json(options, info, result) : print_text(options, info, result);
}

}  // namespace

void add_eval(CLI::App& app) {
  auto o = std::make_shared<EvalOptions>();
  CLI::App* command = app.add_subcommand("eval", "Accuracy of an adapter on a split of a data set");
  command->add_option("--adapter", o->adapter, "adapter.safetensors of a run")->required();
  const std::vector<Setting> settings = config_settings(o->config);
  for (const auto& [option, name] : kSettingOptions) {
    add_setting_option(*command, option, settings, name);
    if (std::string_view(name).starts_with("data."))
      command->get_option(option)->group("Data, as in training");
  }
  command->get_option("--weights")
      ->description(
          "The backbone that the adapter was trained on; not needed for whole models and bundled "
          "backbones.");
  command->get_option("--data")->required();
  command->add_option("--split", o->split, "Split to evaluate")
      ->check(CLI::IsMember({"test", "val", "train"}))
      ->capture_default_str();
  command
      ->add_option("--votes", o->votes,
                   "Point clouds: mean logits of so many random choices of points, as some papers report")
      ->check(CLI::Range(1, 10000));
  command->add_option("--vote-seed", o->vote_seed, "Seed of the random choices of points");
  command->add_flag("--json", o->json, "One JSON object, with the confusion matrix");
  command->callback([o] { run_eval(*o); });
}

}  // namespace ax::cli
