#include "cli/text/plan_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "adapterx/base/parallel.h"
#include "adapterx/base/text_format.h"
#include "adapterx/graph/precision.h"
#include "cli/text/parts_table.h"
#include "cli/text/terminal_text.h"

namespace ax::cli {
namespace {

constexpr size_t kIndent = 12;  // of the facts

std::string fact(std::string_view title, const std::string& text, size_t width) {
  return fmt::format("{:<{}}{}\n", title, kIndent, wrap(printable(text), width, kIndent));
}

std::string model_text(const TrainingPlan& plan) {
  return fmt::format("{}, {} parameters without head", plan.setup.model->text(),
                     count_text(plan.parts.backbone));
}

std::string data_text(const TrainConfig& config, const TrainingPlan& plan) {
  const DataSplits& data = plan.setup.data;
  std::string text = fmt::format("{} ({}): {} {} for training", config.data.path, data.format,
                                 data.size(Split::train), plan.setup.input->noun());
  if (data.val) text += fmt::format(", {} for validation", data.size(Split::val));
  if (data.test) text += fmt::format(", {} for the test", data.size(Split::test));
  const size_t classes = plan.setup.task->classes().size();
  return text + (classes > 0 ? fmt::format("; {} classes", classes) : "; no classes are asked for");
}

std::string input_text(const TrainingPlan& plan) {
  return fmt::format("{}; {} patches, {} tokens after the last block", plan.setup.input->text(), plan.patches,
                     plan.tokens);
}

std::string steps_text(const TrainConfig& config, const TrainingPlan& plan) {
  const std::string batches =
      config.train.accumulate > 1 ? fmt::format(" over {} batches", plan.batches) : "";
  const int64_t threads = config.train.threads > 0 ? config.train.threads : thread_count();
  return fmt::format("{} epochs of {} steps{}, {} {} a batch, {}, {} thread{}", plan.epochs, plan.steps,
                     batches, plan.batch, plan.setup.input->noun(),
                     to_string(resolve(config.train.precision)), threads, threads == 1 ? "" : "s");
}

std::string evaluation_text(const TrainingPlan& plan) {
  std::vector<std::string> texts;
  const std::string_view noun = plan.setup.input->noun();
  if (plan.features.batches > 0) {
    texts.push_back(fmt::format("before the first step the features of {} {}, {}", plan.features.samples,
                                noun,
                                plan.feature_use.kept ? "which are kept" : "to which the head is fitted"));
  }
  if (plan.evaluations > 0) {
    texts.push_back(fmt::format("{} times {} {} of {}", plan.evaluations, plan.choosing.samples, noun,
                                to_string(plan.choosing.split)));
  }
  if (plan.test.batches > 0) {
    texts.push_back(
        fmt::format("at the end {} {} of {}", plan.test.samples, noun, to_string(plan.test.split)));
  }
  return texts.empty() ? "none" : fmt::format("{}", fmt::join(texts, ", "));
}

std::string time_text(const TrainConfig& config, const TrainingPlan& plan) {
  std::string text = fmt::format("{} an epoch, {} the whole run{}", duration_text(plan.epoch_seconds()),
                                 duration_text(plan.run_seconds()),
                                 config.train.patience > 0 ? " unless it stops early" : "");
  text += fmt::format("; measured: {:.3f} s a training batch", plan.batch_seconds);
  if (plan.features.batches > 0)
    text += fmt::format(", {:.3f} s one of features", plan.features.batch_seconds);
  if (plan.evaluations > 0) text += fmt::format(", {:.3f} s one of validation", plan.choosing.batch_seconds);
  if (plan.test.batches > 0) text += fmt::format(", {:.3f} s one of the test", plan.test.batch_seconds);
  return text + fmt::format(
                    ", {:.1f} s to open all; neither files that are written nor the fit of a head to "
                    "features are counted",
                    plan.opening_seconds);
}

std::string memory_text(const TrainingPlan& plan) {
  const auto megabytes = [](size_t bytes) {
    return fmt::format("{:.0f} MB", static_cast<double>(bytes) / 1e6);
  };
  return fmt::format(
      "{} at the peak: {} measured with weights, optimizer, steps and evaluations, {} of decoded {} that are "
      "still to be kept (data.cache_mb), {} of features while the head is fitted to them, {} of the best "
      "adapter when it is read back",
      megabytes(plan.peak_bytes()), megabytes(plan.measured_bytes), megabytes(plan.cache_bytes),
      plan.setup.input->noun(), megabytes(plan.feature_bytes), megabytes(plan.adapter_bytes));
}

}  // namespace

std::string plan_text(const TrainConfig& config, const TrainingPlan& plan, size_t width) {
  std::string text = fact("model", model_text(plan), width);
  text += fact("weights", config.model.weights.empty() ? "none: from scratch" : config.model.weights, width);
  text += fact("input", input_text(plan), width);
  text += fact("data", data_text(config, plan), width);
  text += plan.setup.data.notes;
  text += fact("method", config.method.name, width) + "\n" + parts_table(plan.parts, width) + "\n";
  text += fact("training", steps_text(config, plan), width);
  text += fact("evaluation", evaluation_text(plan), width);
  text += fact("time", time_text(config, plan), width);
  return text + fact("memory", memory_text(plan), width);
}

}  // namespace ax::cli
