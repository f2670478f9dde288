#include "adapterx/app/findings_parts.h"

#include <algorithm>

#include "adapterx/base/parallel.h"

namespace ax {
namespace {

const Prediction& prediction(const ClassEvaluation& evaluation, int64_t i) {
  return evaluation.predictions[static_cast<size_t>(i)];
}

// What one sample's sub-tokens chose first in one block: choice [B, T, heads, top_k] as [T, heads].
std::vector<uint8_t> first_choices(const Tensor& choice, int64_t sample) {
  const int64_t per_sample = choice.shape[1] * choice.shape[2], top_k = choice.shape[3];
  std::vector<uint8_t> experts;
  for (int64_t i = 0; i < per_sample; ++i) {
    experts.push_back(static_cast<uint8_t>(choice.i32()[(sample * per_sample + i) * top_k]));
  }
  return experts;
}

// Whether the method has experts to show: asked of a graph, before anything is packed.
bool observes_experts(const AdaptedModel& model) {
  Graph graph;
  const auto adaptation = model.method->adapt();
  model.adapter.info.model->build(graph, {}, *adaptation);
  return std::ranges::any_of(adaptation->observed(),
                             [](const Observed& o) { return o.kind == ObservedKind::expert_choice; });
}

ExpertChoices choices_of(const BuiltSession& built, int64_t sample) {
  ExpertChoices choices;
  for (const BuiltSession::Observed& o : built.observed) {
    if (o.kind != ObservedKind::expert_choice) continue;
    const Tensor choice = built.session->output(o.output);
    choices.experts = o.count;
    choices.heads = choice.shape[2];
    choices.blocks.push_back(first_choices(choice, sample));
  }
  return choices;
}

// The first sample of each class that `counts` holds of.
template <class Counts>
std::vector<int64_t> first_of_classes(const ClassEvaluation& evaluation, size_t most, const Counts& counts) {
  std::vector<bool> seen(static_cast<size_t>(evaluation.classes), false);
  std::vector<int64_t> indices;
  for (int64_t i = 0; i < std::ssize(evaluation.predictions) && indices.size() < most; ++i) {
    const Prediction& p = prediction(evaluation, i);
    const auto label = static_cast<size_t>(p.label);
    if (seen[label] || !counts(p)) continue;
    seen[label] = true;
    indices.push_back(i);
  }
  return indices;
}

}  // namespace

ShownSample shown_sample(const ClassEvaluation& evaluation, const Dataset& samples, int64_t i) {
  const Prediction& p = prediction(evaluation, i);
  return {samples.name(i), {}, p.label, p.predicted, static_cast<double>(p.probability), {}};
}

std::vector<int64_t> worst_mistakes(const ClassEvaluation& evaluation, size_t most) {
  std::vector<int64_t> wrong;
  for (int64_t i = 0; i < std::ssize(evaluation.predictions); ++i) {
    const Prediction& p = prediction(evaluation, i);
    if (p.label != p.predicted) wrong.push_back(i);
  }
  std::ranges::stable_sort(wrong, [&](int64_t a, int64_t b) {
    return prediction(evaluation, a).probability > prediction(evaluation, b).probability;
  });
  wrong.resize(std::min(wrong.size(), most));
  return wrong;
}

std::vector<int64_t> right_ones(const ClassEvaluation& evaluation, size_t most) {
  return first_of_classes(evaluation, most, [](const Prediction& p) { return p.label == p.predicted; });
}

std::vector<int64_t> first_ones(const ClassEvaluation& evaluation, size_t most) {
  return first_of_classes(evaluation, most, [](const Prediction&) { return true; });
}

std::vector<ExpertChoices> expert_choices(const AdaptedModel& model, const TrainConfig& config,
                                          const std::vector<std::vector<float>>& inputs) {
  if (inputs.empty() || !observes_experts(model)) return {};
  const ThreadCount threads(config.train.threads > 0 ? static_cast<int>(config.train.threads)
                                                     : thread_count());
  CompileOptions options;
  options.precision = config.train.precision;
  const BuiltSession built = build_adapted_session(model, std::ssize(inputs), options, nullptr, true);
  const Tensor input = built.session->input(model.adapter.info.input->name());
  float* out = input.f32_span().data();
  for (const std::vector<float>& values : inputs) out = std::ranges::copy(values, out).out;
  built.session->run();
  std::vector<ExpertChoices> choices;
  for (int64_t i = 0; i < std::ssize(inputs); ++i) choices.push_back(choices_of(built, i));
  return choices;
}

}  // namespace ax
