#include "adapterx/app/image_findings.h"

#include <algorithm>
#include <cmath>

#include "adapterx/app/findings_parts.h"
#include "adapterx/data/images/load_images.h"
#include "adapterx/report/thumbnail.h"

namespace ax {
namespace {

constexpr size_t kMistakes = 24, kRoutingPictures = 8;
constexpr int64_t kThumbnailSide = 112;

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

std::vector<RoutingPicture> routing_pictures(const Evaluation& evaluation, const ImageDataset& images,
                                             const AdaptedModel& model, const TrainConfig& config) {
  const auto& preprocess = std::get<Preprocess>(model.adapter.info.preprocess);
  const std::vector<int64_t> indices = one_of_each_class(evaluation);
  std::vector<std::vector<float>> inputs;
  for (const int64_t i : indices) {
    std::vector<float>& input =
        inputs.emplace_back(static_cast<size_t>(3 * preprocess.size * preprocess.size));
    preprocess_image(images.image(i), preprocess, input);
  }
  const std::vector<ExpertChoices> choices = expert_choices(model, config, inputs);
  std::vector<RoutingPicture> pictures;
  for (size_t i = 0; i < choices.size(); ++i) {
    RoutingPicture& picture = pictures.emplace_back();
    picture.shown = shown_sample(evaluation, images, indices[i]);
    picture.shown.image = encode_thumbnail(pixels_of(inputs[i], preprocess));
    picture.side = std::get<VitConfig>(model.adapter.info.model).grid();
    picture.choices = choices[i];
  }
  return pictures;
}

}  // namespace

void add_images(const Evaluation& evaluation, const ImageDataset& images, const AdaptedModel& model,
                const TrainConfig& config, Findings& findings) {
  for (const int64_t i : worst_mistakes(evaluation, kMistakes)) {
    findings.mistakes.push_back(shown_sample(evaluation, images, i));
    findings.mistakes.back().image = thumbnail(images.image(i));
  }
  findings.routing = routing_pictures(evaluation, images, model, config);
}

}  // namespace ax
