#include "cli/findings.h"

#include <algorithm>
#include <cmath>

#include "adapterx/base/error.h"
#include "adapterx/base/parallel.h"
#include "adapterx/data/load_images.h"
#include "adapterx/graph/precision.h"
#include "adapterx/report/thumbnail.h"
#include "adapterx/train/adapted_model.h"

namespace ax::cli {
namespace {

constexpr size_t kMistakes = 24, kRoutingPictures = 8;
constexpr int64_t kThumbnailSide = 112;
constexpr int64_t kMostConfusionClasses = 2000;
constexpr std::string_view kExpert = ".expert";

ShownSample shown(const Evaluation& evaluation, const ImageDataset& images, int64_t i) {
  const Prediction& p = evaluation.predictions[static_cast<size_t>(i)];
  return {images.name(i), {}, p.label, p.predicted, static_cast<double>(p.probability), {}};
}

// The values of a model's input [3, side, side] as the pixels they were made of.
Image pixels_of(std::span<const float> input, const Preprocess& preprocess) {
  const int64_t side = preprocess.size;
  Image image = new_image("thumbnail", side, side);
  for (int64_t i = 0; i < side * side; ++i) {
    for (int64_t c = 0; c < 3; ++c) {
      const size_t channel = static_cast<size_t>(c);
      const float x = input[static_cast<size_t>(c * side * side + i)] * preprocess.std[channel] +
                      preprocess.mean[channel];
      image.pixels[static_cast<size_t>(3 * i + c)] =
          static_cast<uint8_t>(std::lround(255 * std::clamp(x, 0.0f, 1.0f)));
    }
  }
  return image;
}

// No larger than kThumbnailSide, its sides' ratio lost where it is: a mistake is looked at as the model saw
// it.
std::vector<std::byte> thumbnail(const Image& image) {
  if (std::max(image.width, image.height) <= kThumbnailSide) return encode_thumbnail(image);
  Preprocess small;
  small.size = kThumbnailSide;
  small.crop = Crop::squash;
  std::vector<float> values(static_cast<size_t>(3 * kThumbnailSide * kThumbnailSide));
  preprocess_image(image, small, values);
  return encode_thumbnail(pixels_of(values, small));
}

std::vector<ShownSample> worst_mistakes(const Evaluation& evaluation, const ImageDataset& images) {
  std::vector<int64_t> wrong;
  for (int64_t i = 0; i < std::ssize(evaluation.predictions); ++i) {
    const Prediction& p = evaluation.predictions[static_cast<size_t>(i)];
    if (p.label != p.predicted) wrong.push_back(i);
  }
  std::ranges::stable_sort(wrong, [&](int64_t a, int64_t b) {
    return evaluation.predictions[static_cast<size_t>(a)].probability >
           evaluation.predictions[static_cast<size_t>(b)].probability;
  });
  wrong.resize(std::min(wrong.size(), kMistakes));
  std::vector<ShownSample> mistakes;
  for (const int64_t i : wrong) {
    mistakes.push_back(shown(evaluation, images, i));
    mistakes.back().image = thumbnail(images.image(i));
  }
  return mistakes;
}

// The first image of each class, as many as are shown.
std::vector<int64_t> one_of_each_class(const Evaluation& evaluation) {
  std::vector<bool> seen(static_cast<size_t>(evaluation.classes), false);
  std::vector<int64_t> indices;
  for (int64_t i = 0; i < std::ssize(evaluation.predictions) && indices.size() < kRoutingPictures; ++i) {
    const auto label = static_cast<size_t>(evaluation.predictions[static_cast<size_t>(i)].label);
    if (seen[label]) continue;
    seen[label] = true;
    indices.push_back(i);
  }
  return indices;
}

// What one image's sub-tokens chose first in one block: choice [B, T, heads, top_k] as [T, heads].
std::vector<uint8_t> first_choices(const Tensor& choice, int64_t image) {
  const int64_t per_image = choice.shape[1] * choice.shape[2], top_k = choice.shape[3];
  std::vector<uint8_t> experts;
  for (int64_t i = 0; i < per_image; ++i) {
    experts.push_back(static_cast<uint8_t>(choice.i32()[(image * per_image + i) * top_k]));
  }
  return experts;
}

// Whether the method has experts to show: asked of a graph, before anything is packed.
bool observes_experts(const AdaptedModel& model) {
  Graph graph;
  build_backbone(graph, model.adapter.info.model, {}, *model.method);
  return std::ranges::any_of(model.method->observed(),
                             [](const auto& o) { return o.name.ends_with(kExpert); });
}

std::vector<RoutingPicture> routing_pictures(const Evaluation& evaluation, const ImageDataset& images,
                                             const AdaptedModel& model, const TrainConfig& config) {
  const AdapterInfo& info = model.adapter.info;
  const auto& preprocess = std::get<Preprocess>(info.preprocess);
  if (!observes_experts(model)) return {};
  const ThreadCount threads(config.train.threads > 0 ? static_cast<int>(config.train.threads)
                                                     : thread_count());
  const std::vector<int64_t> indices = one_of_each_class(evaluation);
  CompileOptions options;
  options.precision = parse_precision(config.train.precision);
  const BuiltSession built = build_adapted_session(model, std::ssize(indices), options, nullptr, true);
  const Tensor input = built.session->input("images");
  const auto size = static_cast<size_t>(input.size() / input.shape[0]);
  for (size_t i = 0; i < indices.size(); ++i) {
    preprocess_image(images.image(indices[i]), preprocess, input.f32_span().subspan(i * size, size));
  }
  built.session->run();
  std::vector<RoutingPicture> pictures;
  for (size_t i = 0; i < indices.size(); ++i) {
    RoutingPicture& picture = pictures.emplace_back();
    picture.shown = shown(evaluation, images, indices[i]);
    picture.shown.image = encode_thumbnail(pixels_of(input.f32_span().subspan(i * size, size), preprocess));
    picture.side = std::get<VitConfig>(info.model).grid();
    for (const auto& [name, experts] : built.observed) {
      if (!name.ends_with(kExpert)) continue;
      const Tensor choice = built.session->output(name);
      picture.choices.experts = experts;
      picture.choices.heads = choice.shape[2];
      picture.choices.blocks.push_back(first_choices(choice, static_cast<int64_t>(i)));
    }
  }
  return pictures;
}

}  // namespace

Findings findings_of(const Evaluation& evaluation, const DataSplits& data, Split split,
                     const std::string& adapter, const TrainConfig& config) {
  Findings findings;
  findings.confusion.classes = class_names(data);
  if (evaluation.classes <= kMostConfusionClasses) findings.confusion.counts = evaluation.confusion();
  if (const auto* splits = std::get_if<ImageSplits>(&data)) {
    const ImageDataset& images = split == Split::test ? *splits->test : *splits->val;
    findings.mistakes = worst_mistakes(evaluation, images);
    findings.routing =
        routing_pictures(evaluation, images, open_adapted_model(adapter, config.model.weights), config);
  }
  return findings;
}

}  // namespace ax::cli
