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
#include "cli/command.h"
#include "cli/progress.h"
#include "cli/terminal_text.h"

namespace ax::cli {
namespace {

struct EvalOptions {
  std::string adapter, weights, split = "test", precision = "auto";
  EvaluationOptions evaluation;
  int threads = 0;
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
  j["votes"] = options.evaluation.votes;
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
  const std::string votes = options.evaluation.votes > 0
                                ? fmt::format(", by {} votes of random points each", options.evaluation.votes)
                                : "";
  fmt::print("{}: {} of {} {}{}, loss {:.4f}, {:.1f} {}/s\n", options.split,
             percent_text(result.accuracy(), 2), result.samples, noun, votes, result.loss,
             static_cast<double>(result.samples) / result.seconds, noun);
  const std::vector<double> accuracy = result.class_accuracy();
  for (size_t i = 0; i < accuracy.size() && accuracy.size() <= 100; ++i) {
    if (std::isfinite(accuracy[i]))
      fmt::print("  {:>8}  {}\n", percent_text(accuracy[i], 2), printable(info.classes[i]));
  }
}

EvaluationPtr evaluate(const AdaptedModel& model, const EvaluationOptions& options) {
  EvalConsole console;
  return evaluate_adapter(model, options, console);
}

void run_eval(const EvalOptions& options) {
  if (options.threads > 0) set_thread_count(options.threads);
  EvaluationOptions evaluation = options.evaluation;
  evaluation.compile.precision = from_command_line([&] { return parse_precision(options.precision); });
  evaluation.split = options.split == "test"  ? Split::test
                     : options.split == "val" ? Split::val
                                              : Split::train;
  const AdaptedModel model = open_adapted_model(options.adapter, options.weights);
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
  command->add_option("--weights", o->weights, "The backbone it was trained on (not for whole models)");
  command->add_option("--data", o->evaluation.data.path, "Folder, list or file of images or point clouds")
      ->required();
  command->add_option("--format", o->evaluation.data.format, "What the path holds: data.format of training")
      ->capture_default_str();
  command->add_option("--split", o->split, "test, val or train")
      ->check(CLI::IsMember({"test", "val", "train"}))
      ->capture_default_str();
  command
      ->add_option("--val-fraction", o->evaluation.data.val_fraction,
                   "As in training, where the data have no such split")
      ->check(CLI::Range(0.0, 0.99))
      ->capture_default_str();
  command->add_option("--train-size", o->evaluation.data.train_size, "As in training")
      ->check(CLI::NonNegativeNumber);
  command->add_option("--val-size", o->evaluation.data.val_size, "As in training")
      ->check(CLI::NonNegativeNumber);
  command->add_option("--split-seed", o->evaluation.data.split_seed, "As in training");
  command->add_option("--batch", o->evaluation.batch, "Samples at a time")
      ->check(CLI::Range(1, 65536))
      ->capture_default_str();
  command->add_option("--precision", o->precision, "auto, fp32 or bf16")->capture_default_str();
  command->add_option("--threads", o->threads, "Threads (default: all cores)")->check(CLI::Range(1, 1024));
  command
      ->add_option("--votes", o->evaluation.votes,
                   "Point clouds: mean logits of so many random choices of points, as some papers report")
      ->check(CLI::Range(1, 10000));
  command->add_option("--vote-seed", o->evaluation.vote_seed, "Of the choices");
  command->add_option("--variant", o->evaluation.data.variant, "As in training");
  command->add_option("--min-class-size", o->evaluation.data.min_class_size, "As in training");
  command->add_flag("--json", o->json, "One JSON object, with the confusion matrix");
  command->callback([o] { run_eval(*o); });
}

}  // namespace ax::cli
