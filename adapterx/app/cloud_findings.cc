#include "adapterx/app/cloud_findings.h"

#include <algorithm>
#include <span>

#include "adapterx/app/findings_parts.h"
#include "adapterx/kernels/points/farthest_points.h"
#include "adapterx/report/shown_cloud.h"

namespace ax {
namespace {

constexpr size_t kMistakes = 24, kClouds = 8, kWrongClouds = 3;
constexpr int64_t kThumbnailPoints = 512;

std::vector<float> input_of(const SampleSource& clouds, int64_t i) {
  std::vector<float> xyz(static_cast<size_t>(clouds.input_size()));
  clouds.sample({.index = i}, xyz.data());
  return xyz;
}

// Well-spread points, the first of the farthest points: of the model's own number, the centres of its
// patches.
std::vector<float> spread_points(std::span<const float> xyz, int64_t count) {
  std::vector<int32_t> indices(static_cast<size_t>(std::min(count, std::ssize(xyz) / 3)));
  kernels::farthest_points(xyz, std::ssize(indices), indices);
  std::vector<float> chosen;
  for (const int32_t i : indices) {
    const auto point = xyz.subspan(static_cast<size_t>(3 * i), 3);
    chosen.insert(chosen.end(), point.begin(), point.end());
  }
  return chosen;
}

// Right ones, then the worst mistakes; more of the latter where there are too few right ones.
std::vector<int64_t> shown_clouds(const Evaluation& evaluation) {
  std::vector<int64_t> wrong = worst_mistakes(evaluation, kClouds);
  std::vector<int64_t> shown = right_ones(evaluation, kClouds - std::min(wrong.size(), kWrongClouds));
  wrong.resize(std::min(wrong.size(), kClouds - shown.size()));
  shown.insert(shown.end(), wrong.begin(), wrong.end());
  return shown;
}

CloudPicture picture_of(ShownSample shown, std::span<const float> input, int64_t patches) {
  const std::vector<float> points = spread_points(input, kMostShownPoints);
  shown.points = shown_points(points);
  return {std::move(shown), patches, nearest_centers(points, spread_points(input, patches)), {}};
}

}  // namespace

void add_clouds(const Evaluation& evaluation, const SampleSource& clouds, const AdaptedModel& model,
                const TrainConfig& config, Findings& findings) {
  for (const int64_t i : worst_mistakes(evaluation, kMistakes)) {
    findings.mistakes.push_back(shown_sample(evaluation, clouds.dataset(), i));
    findings.mistakes.back().points = shown_points(spread_points(input_of(clouds, i), kThumbnailPoints));
  }
  const std::vector<int64_t> shown = shown_clouds(evaluation);
  std::vector<std::vector<float>> inputs;
  for (const int64_t i : shown) inputs.push_back(input_of(clouds, i));
  const std::vector<ExpertChoices> choices = expert_choices(model, config, inputs);
  const int64_t patches = std::get<PointTransformerConfig>(model.adapter.info.model).groups;
  for (size_t i = 0; i < shown.size(); ++i) {
    CloudPicture& picture = findings.clouds.emplace_back(
        picture_of(shown_sample(evaluation, clouds.dataset(), shown[i]), inputs[i], patches));
    if (!choices.empty()) picture.choices = choices[i];
  }
}

}  // namespace ax
