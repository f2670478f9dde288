#include "adapterx/app/findings.h"

#include <cmath>
#include <utility>

#include "adapterx/app/findings_parts.h"
#include "adapterx/report/shown_cloud.h"
#include "adapterx/report/thumbnail.h"
#include "adapterx/train/adapted_model.h"

namespace ax {
namespace {

constexpr int64_t kMostConfusionClasses = 2000;
constexpr size_t kMistakes = 24, kPictures = 8, kWrongPictures = 3;

void draw(const Drawing& drawing, ShownSample& shown) {
  if (drawing.image) shown.image = encode_thumbnail(*drawing.image);
  if (!drawing.points.empty()) shown.points = shown_points(drawing.points);
}

std::vector<ShownSample> mistakes_of(const ClassEvaluation& evaluation, const Dataset& dataset,
                                     const ModelInput& input) {
  std::vector<ShownSample> mistakes;
  for (const int64_t i : worst_mistakes(evaluation, kMistakes)) {
    draw(input.thumbnail(dataset, i), mistakes.emplace_back(shown_sample(evaluation, dataset, i)));
  }
  return mistakes;
}

// Of what is turned to be looked at: right ones, then the worst mistakes, more of the latter where there are
// too few right ones. Else the first of each class.
std::vector<int64_t> pictured(const ClassEvaluation& evaluation, const ModelInput& input) {
  if (!input.is_turnable()) return first_ones(evaluation, kPictures);
  std::vector<int64_t> wrong = worst_mistakes(evaluation, kPictures);
  std::vector<int64_t> shown = right_ones(evaluation, kPictures - std::min(wrong.size(), kWrongPictures));
  wrong.resize(std::min(wrong.size(), kPictures - shown.size()));
  shown.insert(shown.end(), wrong.begin(), wrong.end());
  return shown;
}

void add_picture(const Drawing& drawing, ShownSample shown, int64_t patches, const ExpertChoices* choices,
                 Findings& findings) {
  draw(drawing, shown);
  if (drawing.image && choices != nullptr) {
    const auto side = static_cast<int64_t>(std::lround(std::sqrt(static_cast<double>(patches))));
    findings.routing.push_back({std::move(shown), side, *choices});
  }
  if (drawing.points.empty()) return;
  CloudPicture& cloud = findings.clouds.emplace_back();
  cloud.shown = std::move(shown);
  cloud.patches = patches;
  cloud.patch = nearest_centers(drawing.points, drawing.patch_centers);
  if (choices != nullptr) cloud.choices = *choices;
}

void add_pictures(const ClassEvaluation& evaluation, const std::shared_ptr<const Dataset>& dataset,
                  const AdaptedModel& model, const TrainConfig& config, Findings& findings) {
  const ModelInput& input = *model.adapter.info.input;
  const auto samples = input.samples(dataset, 0);
  const std::vector<int64_t> shown = pictured(evaluation, input);
  std::vector<std::vector<float>> inputs;
  for (const int64_t i : shown) {
    inputs.emplace_back(static_cast<size_t>(input.sample_size()));
    samples->sample({.index = i}, inputs.back().data());
  }
  const std::vector<ExpertChoices> choices = expert_choices(model, config, inputs);
  if (choices.empty() && !input.is_turnable()) return;
  const int64_t patches = model.adapter.info.model->patches();
  for (size_t i = 0; i < shown.size(); ++i) {
    add_picture(input.portrait(inputs[i], patches), shown_sample(evaluation, *dataset, shown[i]), patches,
                choices.empty() ? nullptr : &choices[i], findings);
  }
}

}  // namespace

Findings findings_of(const Evaluation& evaluation, const DataSplits& data, Split split,
                     const std::filesystem::path& adapter, const ModelSetup& setup,
                     const TrainConfig& config) {
  Findings findings;
  const auto* of_classes = dynamic_cast<const ClassEvaluation*>(&evaluation);
  if (of_classes == nullptr) return findings;
  findings.confusion.classes = data.classes;
  if (of_classes->classes <= kMostConfusionClasses) findings.confusion.counts = of_classes->confusion();
  const AdaptedModel model = open_adapted_model(adapter, setup);
  const auto& dataset = data.of(split);
  findings.mistakes = mistakes_of(*of_classes, *dataset, *model.adapter.info.input);
  add_pictures(*of_classes, dataset, model, config, findings);
  return findings;
}

}  // namespace ax
