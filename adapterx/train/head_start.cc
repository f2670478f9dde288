#include "adapterx/train/head_start.h"

#include <algorithm>

#include "adapterx/base/error.h"
#include "adapterx/base/text_format.h"
#include "adapterx/train/fit_probe.h"

namespace ax {
namespace {

void assign(std::span<const double> values, std::string_view name, TrainedParameters& trained) {
  const std::span<float> out = trained.value(*trained.find(name)).f32_span();
  std::ranges::transform(values, out.begin(), [](double v) { return static_cast<float>(v); });
}

}  // namespace

std::string HeadStart::text(std::string_view noun) const {
  std::string accuracy;
  if (held_out > 0) {
    const double share = static_cast<double>(held_out_correct) / static_cast<double>(held_out);
    accuracy = fmt::format(", {} of {} held out right", percent_text(share, 2), held_out);
  }
  return fmt::format("linear probe on {} {}{}, L2 {}", samples, noun, accuracy, l2);
}

bool starts_from_probe(const TrainConfig& config, const TrainingSetup& setup,
                       const std::optional<LinearHead>& head) {
  if (config.train.head_init == HeadInit::probe && !head) {
    fail(
        "train.head_init: probe fits one linear layer of the features to the classes, and {} has no such "
        "head "
        "for {}; expected auto or random",
        setup.model->text(), setup.task->name());
  }
  if (config.train.head_init == HeadInit::automatic) return head && setup.source;
  return config.train.head_init == HeadInit::probe;
}

HeadStart fit_head(const SampleFeatures& features, const LinearHead& head, uint64_t seed,
                   TrainedParameters& trained) {
  const int64_t classes = trained.find(head.bias)->shape.size();
  ProbeFit fit = fit_probe(features.rows(), classes, seed);
  assign(fit.classifier.weight(), head.weight, trained);
  assign(fit.classifier.bias(), head.bias, trained);
  return {features.count(), fit.held_out, fit.held_out_correct, fit.l2, 0};
}

}  // namespace ax
